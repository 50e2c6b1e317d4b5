// Completion scripts for bash, zsh and fish, written out from the model: no start of Node at each press of the key.
// bash and zsh share the tables (`case` reads the same in both) and differ in how a shell is told the candidates.
import type { CompletedCommand, CompletionModel, Place } from './completion.ts';

export function completionScript(shell: 'bash' | 'zsh' | 'fish', model: CompletionModel): string {
  switch (shell) {
    case 'bash': return bash(model);
    case 'zsh': return zsh(model);
    case 'fish': return fish(model);
  }
}

const quoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
const placeWords = (place: Place): string => (place.kind === 'words' ? `words ${place.words.join(' ')}` : place.kind);
const flagNames = (command: CompletedCommand): string => command.flags.map((flag) => flag.name).join(' ');
const allNames = (model: CompletionModel): string => model.commands.map((command) => command.name).join(' ');
const allPaths = (model: CompletionModel): string => model.fields.map((field) => field.path).join(' ');

/** `_ebm_place COMMAND FLAG-OR-NUMBER`, `_ebm_flags COMMAND`, `_ebm_values FIELD`, and the number of the argument that is being typed. */
function tables(model: CompletionModel): string {
  const places = model.commands.flatMap((command) => [
    ...command.flags.flatMap((flag) => (flag.value === null ? [] : [[`${command.name} ${flag.name}`, placeWords(flag.value)]])),
    ...command.places.map((place, index) => [`${command.name} ${index + 1}`, placeWords(place)]),
  ]);
  const values = model.fields.filter((field) => field.values.length > 0);
  return `_ebm_place() {
  case "$1 $2" in
${places.map(([key = '', words = '']) => `    ${quoted(key)}) echo ${quoted(words)} ;;`).join('\n')}
  esac
}
_ebm_flags() {
  case "$1" in
${model.commands.map((command) => `    ${command.name}) echo ${quoted(flagNames(command))} ;;`).join('\n')}
  esac
}
_ebm_values() {
  case "$1" in
${values.map((field) => `    ${field.path}) echo ${quoted(field.values.join(' '))} ;;`).join('\n')}
  esac
}
# The number of the argument that is being typed: words that are neither flags nor values of flags, the last one included.
_ebm_position() {
  local command="$1" position=1 previous='' word
  shift
  while [ $# -gt 1 ]; do
    word="$1"
    case "$word" in
      -*) previous="$word" ;;
      *) if [ -z "$previous" ] || [ -z "$(_ebm_place "$command" "$previous")" ]; then position=$((position + 1)); fi; previous='' ;;
    esac
    shift
  done
  echo "$position"
}`;
}

function bash(model: CompletionModel): string {
  return `# bash completion of ebm. Load it with: source <(ebm completion bash)
${tables(model)}
_ebm_option() { type compopt >/dev/null 2>&1 && compopt -o "$1" 2>/dev/null; }
_ebm_offer() { local IFS=$' \\t\\n'; COMPREPLY=($(compgen -W "$1" -- "$2")); }
_ebm() {
  local line="\${COMP_LINE:0:COMP_POINT}" words current previous='' command place
  read -ra words <<< "$line"
  case "$line" in *[[:space:]]) words+=('') ;; esac
  COMPREPLY=()
  current="\${words[\${#words[@]}-1]}"
  if [ "\${#words[@]}" -le 2 ]; then _ebm_offer ${quoted(`${allNames(model)} --help --version`)} "$current"; return; fi
  command="\${words[1]}"
  previous="\${words[\${#words[@]}-2]}"
  # bash breaks words at =, so candidates are what stands behind it.
  case "$current" in --*=*) previous="\${current%%=*}"; current="\${current#*=}" ;; esac
  case "$previous" in -*) place="$(_ebm_place "$command" "$previous")" ;; *) place='' ;; esac
  if [ -z "$place" ]; then
    case "$current" in -*) _ebm_offer "$(_ebm_flags "$command")" "$current"; return ;; esac
    place="$(_ebm_place "$command" "$(_ebm_position "$command" "\${words[@]:2}")")"
  fi
  case "$place" in
    'words '*) _ebm_offer "\${place#words }" "$current" ;;
    files) _ebm_option filenames; local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current")) ;;
    folders) _ebm_option filenames; local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current")) ;;
    field-or-file) _ebm_option filenames; local IFS=$'\\n'; COMPREPLY=($(compgen -W "$(printf '%s\\n' ${allPaths(model)})" -- "$current") $(compgen -f -- "$current")) ;;
    fields) case "$current" in
        *=*) _ebm_offer "$(_ebm_values "\${current%%=*}")" "\${current#*=}" ;;
        *) _ebm_option nospace; _ebm_offer ${quoted(model.fields.map((field) => `${field.path}=`).join(' '))} "$current" ;;
      esac ;;
  esac
}
complete -F _ebm ebm
`;
}

function described(name: string, description: string): string {
  return quoted(`${name.replace(/:/g, '\\:')}:${description}`);
}

function zsh(model: CompletionModel): string {
  const flagLists = model.commands.map((command) => `    ${command.name}) flags=(${command.flags.map((flag) => described(flag.name, flag.description)).join(' ')}) ;;`);
  return `#compdef ebm
# zsh completion of ebm. Save it as _ebm in a folder of $fpath, or load it with: source <(ebm completion zsh)
${tables(model)}
_ebm() {
  local current="$words[CURRENT]" previous="$words[CURRENT-1]" command="$words[2]" place=''
  local -a commands flags
  if (( CURRENT == 2 )); then
    commands=(${model.commands.map((command) => described(command.name, command.summary)).join(' ')})
    _describe command commands
    return
  fi
  case "$current" in --*=*) previous="\${current%%=*}"; current="\${current#*=}"; compset -P 1 '*=' ;; esac
  case "$previous" in -*) place="$(_ebm_place "$command" "$previous")" ;; esac
  if [[ -z "$place" ]]; then
    if [[ "$current" == -* ]]; then
      case "$command" in
${flagLists.join('\n')}
      esac
      _describe -o flag flags
      return
    fi
    place="$(_ebm_place "$command" "$(_ebm_position "$command" "\${(@)words[3,CURRENT]}")")"
  fi
  case "$place" in
    'words '*) compadd -- \${=place#words } ;;
    files) _files ;;
    folders) _files -/ ;;
    field-or-file) compadd -- ${allPaths(model)}; _files ;;
    fields) if [[ "$current" == *=* ]]; then
        compset -P 1 '*='
        compadd -- \${=$(_ebm_values "\${current%%=*}")}
      else
        compadd -S '=' -- ${allPaths(model)}
      fi ;;
  esac
}
if [[ "$funcstack[1]" == _ebm ]]; then _ebm "$@"; else compdef _ebm ebm; fi
`;
}

function fish(model: CompletionModel): string {
  const withValue = [...new Set(model.commands.flatMap((command) => command.flags.filter((flag) => flag.value !== null).map((flag) => flag.name)))];
  const assignments = model.fields.flatMap((field) => (field.values.length === 0 ? [`${field.path}=`] : field.values.map((value) => `${field.path}=${value}`)));
  const lines = model.commands.flatMap((command) => [
    `complete -c ebm -n __fish_use_subcommand -a ${command.name} -d ${fishQuoted(command.summary)}`,
    ...command.flags.map((flag) => `complete -c ebm -n '__ebm_in ${command.name}' -l ${flag.name.slice(2)}${flag.value === null ? '' : fishPlace(flag.value, ' -x', ' -r')} -d ${fishQuoted(flag.description)}`),
    ...command.places.map((place, index) => `complete -c ebm -n '__ebm_at ${command.name} ${index + 1}'${fishPlace(place, '', '')}`),
  ]);
  return `# fish completion of ebm. Save it as ~/.config/fish/completions/ebm.fish, or load it with: ebm completion fish | source
function __ebm_in
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test "$words[2]" = "$argv[1]"
end
function __ebm_at
  __ebm_in $argv[1]; or return 1
  set -l words (commandline -opc)
  set -e words[1..2]
  set -l position 1
  set -l value no
  for word in $words
    if test $value = yes
      set value no
    else if contains -- $word ${withValue.join(' ')}
      set value yes
    else if not string match -q -- '-*' $word
      set position (math $position + 1)
    end
  end
  test $value = no; and test $position = $argv[2]
end
function __ebm_assignments
  printf '%s\\n' ${assignments.join(' ')}
end
function __ebm_fields
  printf '%s\\n' ${allPaths(model)}
end
complete -c ebm -f
${lines.join('\n')}
`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

/** `exclusive` is for values that are never files, `files` for those that may be. */
function fishPlace(place: Place, exclusive: string, files: string): string {
  switch (place.kind) {
    case 'words': return `${exclusive} -a '${place.words.join(' ')}'`;
    case 'files': return `${files} -F`;
    case 'folders': return `${exclusive} -a '(__fish_complete_directories)'`;
    case 'fields': return `${exclusive} -a '(__ebm_assignments)'`;
    case 'field-or-file': return `${files} -F -a '(__ebm_fields)'`;
    case 'anything': return exclusive;
  }
}
