// Networks of score models on the tape (docs/adr/0013): the noise that is predicted in rows, from parameters, rows and deviations. Plain loops: it is what
// other engines are compared with.
import { conditioningOf } from '../../ebm/continuous/diffusion.ts';
import { convolutionShapes, layerName } from '../../ebm/continuous/layout.ts';
import type { NetworkSettings, RowShape, ScoreSettings } from '../../ebm/continuous/model.ts';
import { activate, affine, convolved, named, type ParameterMatrices } from './energies.ts';
import { add, gather, leaf, multiply, product, reshape, scatter, spreadColumns, spreadRows, type Matrix } from './tape.ts';

type Lengths = readonly [height: number, width: number, channels: number];

/** Predicted noise [rows, size] of rows y whose noise has these deviations. */
export function predictedNoise({ energy: settings, shape }: { readonly energy: ScoreSettings; readonly shape: RowShape }, parameters: ParameterMatrices, y: Matrix, sigmas: ArrayLike<number>): Matrix {
  const { input, skip, output, features } = conditioningOf(settings, sigmas);
  const scaled = (x: Matrix, factors: Float32Array): Matrix => multiply(x, spreadColumns(leaf(x.rows, 1, factors), x.columns));
  const pass: Pass = { parameters, features: leaf(y.rows, settings.network.features, features) };
  const answer = networkOf(settings.network, shape, pass, scaled(y, input));
  return add(scaled(y, skip), scaled(answer, output));
}

interface Pass { readonly parameters: ParameterMatrices; readonly features: Matrix }

function networkOf(network: NetworkSettings, shape: RowShape, pass: Pass, x: Matrix): Matrix {
  switch (network.kind) {
    case 'mlp': {
      const last = network.layers.reduce((h, _, layer) => {
        const name = layerName('dense', layer);
        return activate(network.activation, add(product(h, named(pass.parameters, `${name}/weights`)), shiftOf(pass, name)));
      }, x);
      return affine(last, named(pass.parameters, 'output/weights'), named(pass.parameters, 'output/bias'));
    }
    case 'conv': return convolutional(network, shape, pass, x);
  }
}

/** What a layer adds to each row's units or channels: [rows, units]. */
function shiftOf({ parameters, features }: Pass, name: string): Matrix {
  return affine(features, named(parameters, `${name}/noise`), named(parameters, `${name}/bias`));
}

function convolutional(network: Extract<NetworkSettings, { kind: 'conv' }>, shape: RowShape, pass: Pass, x: Matrix): Matrix {
  const shapes = convolutionShapes(network, shape);
  const layer = (h: Matrix, from: Lengths, to: Lengths, { name, stride }: { readonly name: string; readonly stride: number }): Matrix => {
    const sums = convolved(h, from, { kernel: named(pass.parameters, `${name}/kernel`), stride });
    const shift = shiftOf(pass, name);
    const places = Int32Array.from({ length: sums.values.length }, (_, i) => Math.floor(i / (to[0] * to[1] * to[2])) * to[2] + (i % to[2]));
    return activate(network.activation, add(sums, gather(shift, sums, places)));
  };
  const seen = network.strides.reduce((hs, stride, i) => [...hs, layer(hs[i]!, shapes[i]!, shapes[i + 1]!, { name: layerName('conv', i), stride })], [x]);
  let h = seen.at(-1)!;
  for (let i = network.strides.length - 1; i > 0; i -= 1) {
    const [height, width, channels] = shapes[i]!;
    const given: Lengths = [height, width, shapes[i + 1]![2] + channels];
    h = layer(beside({ matrix: h, lengths: shapes[i + 1]! }, { matrix: seen[i]!, lengths: shapes[i]! }, network.strides[i]!), given, shapes[i]!, { name: layerName('up', i), stride: 1 });
  }
  const [height, width, channels] = shapes[0]!;
  const answer = convolved(beside({ matrix: h, lengths: shapes[1]! }, { matrix: x, lengths: shapes[0]! }, network.strides[0]!), [height, width, shapes[1]![2] + channels], { kernel: named(pass.parameters, 'output/kernel'), stride: 1 });
  const bias = spreadRows(named(pass.parameters, 'output/bias'), x.rows * height * width);
  return add(answer, reshape(bias, x.rows, x.columns));
}

interface Images { readonly matrix: Matrix; readonly lengths: Lengths }

/** Channels of h enlarged by nearest neighbours to the partner's size, then the partner's own. */
function beside(h: Images, partner: Images, stride: number): Matrix {
  const [height, width, own] = partner.lengths;
  const [, narrow, channels] = h.lengths;
  const all = channels + own;
  const { rows } = h.matrix;
  const size = { rows, columns: height * width * all };
  const from = Int32Array.from({ length: rows * size.columns }, (_, i) => {
    const [row, place, channel] = [Math.floor(i / size.columns), Math.floor((i % size.columns) / all), i % all];
    const [line, column] = [Math.floor(Math.floor(place / width) / stride), Math.floor((place % width) / stride)];
    return channel < channels ? row * h.matrix.columns + (line * narrow + column) * channels + channel : -1;
  });
  const into = Int32Array.from({ length: partner.matrix.values.length }, (_, i) => Math.floor(i / own) * all + channels + (i % own));
  return add(gather(h.matrix, size, from), scatter(partner.matrix, size, into));
}
