/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["ebm-fleet"] || ($protobuf.roots["ebm-fleet"] = {});

export const ebm = $root.ebm = (() => {

    /**
     * Namespace ebm.
     * @exports ebm
     * @namespace
     */
    const ebm = {};

    ebm.Frame = (function() {

        /**
         * Properties of a Frame.
         * @typedef {Object} ebm.Frame.$Properties
         * @property {number|null} [format] Frame format
         * @property {ebm.Join.$Properties|null} [join] Frame join
         * @property {ebm.Request.$Properties|null} [request] Frame request
         * @property {ebm.Contribution.$Properties|null} [contribution] Frame contribution
         * @property {ebm.Result.$Properties|null} [result] Frame result
         * @property {ebm.Failed.$Properties|null} [failed] Frame failed
         * @property {ebm.Renew.$Properties|null} [renew] Frame renew
         * @property {ebm.Leave.$Properties|null} [leave] Frame leave
         * @property {ebm.ParametersRequest.$Properties|null} [parametersRequest] Frame parametersRequest
         * @property {ebm.Welcome.$Properties|null} [welcome] Frame welcome
         * @property {ebm.Refused.$Properties|null} [refused] Frame refused
         * @property {ebm.Lease.$Properties|null} [lease] Frame lease
         * @property {ebm.Fence.$Properties|null} [fence] Frame fence
         * @property {ebm.Parameters.$Properties|null} [parameters] Frame parameters
         * @property {ebm.ParametersMissing.$Properties|null} [parametersMissing] Frame parametersMissing
         * @property {ebm.Drain.$Properties|null} [drain] Frame drain
         * @property {ebm.Cancel.$Properties|null} [cancel] Frame cancel
         * @property {ebm.ParametersDifference.$Properties|null} [parametersDifference] Frame parametersDifference
         * @property {"join"|"request"|"contribution"|"result"|"failed"|"renew"|"leave"|"parametersRequest"|"welcome"|"refused"|"lease"|"fence"|"parameters"|"parametersMissing"|"drain"|"cancel"|"parametersDifference"} [message] Frame message
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Frame.
         * @memberof ebm
         * @interface IFrame
         * @augments ebm.Frame.$Properties
         * @deprecated Use ebm.Frame.$Properties instead.
         */

        /**
         * Narrowed shape of a Frame.
         * @typedef {{
         *   format?: number|null;
         *   join?: ebm.Join.$Shape|null;
         *   request?: ebm.Request.$Shape|null;
         *   contribution?: ebm.Contribution.$Shape|null;
         *   result?: ebm.Result.$Shape|null;
         *   failed?: ebm.Failed.$Shape|null;
         *   renew?: ebm.Renew.$Shape|null;
         *   leave?: ebm.Leave.$Shape|null;
         *   parametersRequest?: ebm.ParametersRequest.$Shape|null;
         *   welcome?: ebm.Welcome.$Shape|null;
         *   refused?: ebm.Refused.$Shape|null;
         *   lease?: ebm.Lease.$Shape|null;
         *   fence?: ebm.Fence.$Shape|null;
         *   parameters?: ebm.Parameters.$Shape|null;
         *   parametersMissing?: ebm.ParametersMissing.$Shape|null;
         *   drain?: ebm.Drain.$Shape|null;
         *   cancel?: ebm.Cancel.$Shape|null;
         *   parametersDifference?: ebm.ParametersDifference.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ message?: undefined; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "join"; join: ebm.Join.$Shape; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "request"; join?: null; request: ebm.Request.$Shape; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "contribution"; join?: null; request?: null; contribution: ebm.Contribution.$Shape; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "result"; join?: null; request?: null; contribution?: null; result: ebm.Result.$Shape; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "failed"; join?: null; request?: null; contribution?: null; result?: null; failed: ebm.Failed.$Shape; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "renew"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew: ebm.Renew.$Shape; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "leave"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave: ebm.Leave.$Shape; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parametersRequest"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest: ebm.ParametersRequest.$Shape; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "welcome"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome: ebm.Welcome.$Shape; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "refused"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused: ebm.Refused.$Shape; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "lease"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease: ebm.Lease.$Shape; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "fence"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence: ebm.Fence.$Shape; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parameters"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters: ebm.Parameters.$Shape; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parametersMissing"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing: ebm.ParametersMissing.$Shape; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "drain"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain: ebm.Drain.$Shape; cancel?: null; parametersDifference?: null }|{ message?: "cancel"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel: ebm.Cancel.$Shape; parametersDifference?: null }|{ message?: "parametersDifference"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference: ebm.ParametersDifference.$Shape })
         * )} ebm.Frame.$Shape
         */

        /**
         * Constructs a new Frame.
         * @memberof ebm
         * @classdesc Represents a Frame.
         * @constructor
         * @param {ebm.Frame.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Frame = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Frame format.
         * @member {number} format
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.format = 0;

        /**
         * Frame join.
         * @member {ebm.Join.$Properties|null|undefined} join
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.join = null;

        /**
         * Frame request.
         * @member {ebm.Request.$Properties|null|undefined} request
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.request = null;

        /**
         * Frame contribution.
         * @member {ebm.Contribution.$Properties|null|undefined} contribution
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.contribution = null;

        /**
         * Frame result.
         * @member {ebm.Result.$Properties|null|undefined} result
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.result = null;

        /**
         * Frame failed.
         * @member {ebm.Failed.$Properties|null|undefined} failed
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.failed = null;

        /**
         * Frame renew.
         * @member {ebm.Renew.$Properties|null|undefined} renew
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.renew = null;

        /**
         * Frame leave.
         * @member {ebm.Leave.$Properties|null|undefined} leave
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.leave = null;

        /**
         * Frame parametersRequest.
         * @member {ebm.ParametersRequest.$Properties|null|undefined} parametersRequest
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.parametersRequest = null;

        /**
         * Frame welcome.
         * @member {ebm.Welcome.$Properties|null|undefined} welcome
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.welcome = null;

        /**
         * Frame refused.
         * @member {ebm.Refused.$Properties|null|undefined} refused
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.refused = null;

        /**
         * Frame lease.
         * @member {ebm.Lease.$Properties|null|undefined} lease
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.lease = null;

        /**
         * Frame fence.
         * @member {ebm.Fence.$Properties|null|undefined} fence
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.fence = null;

        /**
         * Frame parameters.
         * @member {ebm.Parameters.$Properties|null|undefined} parameters
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.parameters = null;

        /**
         * Frame parametersMissing.
         * @member {ebm.ParametersMissing.$Properties|null|undefined} parametersMissing
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.parametersMissing = null;

        /**
         * Frame drain.
         * @member {ebm.Drain.$Properties|null|undefined} drain
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.drain = null;

        /**
         * Frame cancel.
         * @member {ebm.Cancel.$Properties|null|undefined} cancel
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.cancel = null;

        /**
         * Frame parametersDifference.
         * @member {ebm.ParametersDifference.$Properties|null|undefined} parametersDifference
         * @memberof ebm.Frame
         * @instance
         */
        Frame.prototype.parametersDifference = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Frame message.
         * @member {"join"|"request"|"contribution"|"result"|"failed"|"renew"|"leave"|"parametersRequest"|"welcome"|"refused"|"lease"|"fence"|"parameters"|"parametersMissing"|"drain"|"cancel"|"parametersDifference"|undefined} message
         * @memberof ebm.Frame
         * @instance
         */
        $Object.defineProperty(Frame.prototype, "message", {
            get: $util.oneOfGetter($oneOfFields = ["join", "request", "contribution", "result", "failed", "renew", "leave", "parametersRequest", "welcome", "refused", "lease", "fence", "parameters", "parametersMissing", "drain", "cancel", "parametersDifference"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Frame message. Does not implicitly {@link ebm.Frame.verify|verify} messages.
         * @function encode
         * @memberof ebm.Frame
         * @static
         * @param {ebm.Frame.$Properties} message Frame message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Frame.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.format != null && $Object.hasOwnProperty.call(message, "format") && message.format !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.format);
            if (message.join != null && $Object.hasOwnProperty.call(message, "join"))
                $root.ebm.Join.encode(message.join, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                $root.ebm.Request.encode(message.request, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.contribution != null && $Object.hasOwnProperty.call(message, "contribution"))
                $root.ebm.Contribution.encode(message.contribution, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.result != null && $Object.hasOwnProperty.call(message, "result"))
                $root.ebm.Result.encode(message.result, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.failed != null && $Object.hasOwnProperty.call(message, "failed"))
                $root.ebm.Failed.encode(message.failed, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.renew != null && $Object.hasOwnProperty.call(message, "renew"))
                $root.ebm.Renew.encode(message.renew, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.leave != null && $Object.hasOwnProperty.call(message, "leave"))
                $root.ebm.Leave.encode(message.leave, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.parametersRequest != null && $Object.hasOwnProperty.call(message, "parametersRequest"))
                $root.ebm.ParametersRequest.encode(message.parametersRequest, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                $root.ebm.Welcome.encode(message.welcome, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                $root.ebm.Refused.encode(message.refused, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                $root.ebm.Lease.encode(message.lease, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
            if (message.fence != null && $Object.hasOwnProperty.call(message, "fence"))
                $root.ebm.Fence.encode(message.fence, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.Parameters.encode(message.parameters, writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.parametersMissing != null && $Object.hasOwnProperty.call(message, "parametersMissing"))
                $root.ebm.ParametersMissing.encode(message.parametersMissing, writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
            if (message.drain != null && $Object.hasOwnProperty.call(message, "drain"))
                $root.ebm.Drain.encode(message.drain, writer.uint32(/* id 16, wireType 2 =*/130).fork(), _depth + 1).ldelim();
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel"))
                $root.ebm.Cancel.encode(message.cancel, writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
            if (message.parametersDifference != null && $Object.hasOwnProperty.call(message, "parametersDifference"))
                $root.ebm.ParametersDifference.encode(message.parametersDifference, writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Frame message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Frame
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Frame & ebm.Frame.$Shape} Frame
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Frame.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Frame();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.format = value;
                        else
                            delete message.format;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.join = $root.ebm.Join.decode(reader, reader.size(), $undefined, _depth + 1, message.join);
                        message.message = "join";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.request = $root.ebm.Request.decode(reader, reader.size(), $undefined, _depth + 1, message.request);
                        message.message = "request";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.contribution = $root.ebm.Contribution.decode(reader, reader.size(), $undefined, _depth + 1, message.contribution);
                        message.message = "contribution";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.result = $root.ebm.Result.decode(reader, reader.size(), $undefined, _depth + 1, message.result);
                        message.message = "result";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.failed = $root.ebm.Failed.decode(reader, reader.size(), $undefined, _depth + 1, message.failed);
                        message.message = "failed";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.renew = $root.ebm.Renew.decode(reader, reader.size(), $undefined, _depth + 1, message.renew);
                        message.message = "renew";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.leave = $root.ebm.Leave.decode(reader, reader.size(), $undefined, _depth + 1, message.leave);
                        message.message = "leave";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.parametersRequest = $root.ebm.ParametersRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.parametersRequest);
                        message.message = "parametersRequest";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.welcome = $root.ebm.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                        message.message = "welcome";
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.refused = $root.ebm.Refused.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                        message.message = "refused";
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.lease = $root.ebm.Lease.decode(reader, reader.size(), $undefined, _depth + 1, message.lease);
                        message.message = "lease";
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.fence = $root.ebm.Fence.decode(reader, reader.size(), $undefined, _depth + 1, message.fence);
                        message.message = "fence";
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.Parameters.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        message.message = "parameters";
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        message.parametersMissing = $root.ebm.ParametersMissing.decode(reader, reader.size(), $undefined, _depth + 1, message.parametersMissing);
                        message.message = "parametersMissing";
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        message.drain = $root.ebm.Drain.decode(reader, reader.size(), $undefined, _depth + 1, message.drain);
                        message.message = "drain";
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        message.cancel = $root.ebm.Cancel.decode(reader, reader.size(), $undefined, _depth + 1, message.cancel);
                        message.message = "cancel";
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        message.parametersDifference = $root.ebm.ParametersDifference.decode(reader, reader.size(), $undefined, _depth + 1, message.parametersDifference);
                        message.message = "parametersDifference";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Frame;
    })();

    ebm.Range = (function() {

        /**
         * Properties of a Range.
         * @typedef {Object} ebm.Range.$Properties
         * @property {number|null} [from] Range from
         * @property {number|null} [to] Range to
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Range.
         * @memberof ebm
         * @interface IRange
         * @augments ebm.Range.$Properties
         * @deprecated Use ebm.Range.$Properties instead.
         */

        /**
         * Shape of a Range.
         * @typedef {ebm.Range.$Properties} ebm.Range.$Shape
         */

        /**
         * Constructs a new Range.
         * @memberof ebm
         * @classdesc Represents a Range.
         * @constructor
         * @param {ebm.Range.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Range = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Range from.
         * @member {number} from
         * @memberof ebm.Range
         * @instance
         */
        Range.prototype.from = 0;

        /**
         * Range to.
         * @member {number} to
         * @memberof ebm.Range
         * @instance
         */
        Range.prototype.to = 0;

        /**
         * Encodes the specified Range message. Does not implicitly {@link ebm.Range.verify|verify} messages.
         * @function encode
         * @memberof ebm.Range
         * @static
         * @param {ebm.Range.$Properties} message Range message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Range.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.from != null && $Object.hasOwnProperty.call(message, "from") && message.from !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.from);
            if (message.to != null && $Object.hasOwnProperty.call(message, "to") && message.to !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.to);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Range message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Range
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Range & ebm.Range.$Shape} Range
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Range.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Range();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.from = value;
                        else
                            delete message.from;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.to = value;
                        else
                            delete message.to;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Range;
    })();

    ebm.ParametersName = (function() {

        /**
         * Properties of a ParametersName.
         * @typedef {Object} ebm.ParametersName.$Properties
         * @property {number|null} [branch] ParametersName branch
         * @property {number|null} [version] ParametersName version
         * @property {boolean|null} [average] ParametersName average
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ParametersName.
         * @memberof ebm
         * @interface IParametersName
         * @augments ebm.ParametersName.$Properties
         * @deprecated Use ebm.ParametersName.$Properties instead.
         */

        /**
         * Shape of a ParametersName.
         * @typedef {ebm.ParametersName.$Properties} ebm.ParametersName.$Shape
         */

        /**
         * Constructs a new ParametersName.
         * @memberof ebm
         * @classdesc Represents a ParametersName.
         * @constructor
         * @param {ebm.ParametersName.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ParametersName = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ParametersName branch.
         * @member {number} branch
         * @memberof ebm.ParametersName
         * @instance
         */
        ParametersName.prototype.branch = 0;

        /**
         * ParametersName version.
         * @member {number} version
         * @memberof ebm.ParametersName
         * @instance
         */
        ParametersName.prototype.version = 0;

        /**
         * ParametersName average.
         * @member {boolean} average
         * @memberof ebm.ParametersName
         * @instance
         */
        ParametersName.prototype.average = false;

        /**
         * Encodes the specified ParametersName message. Does not implicitly {@link ebm.ParametersName.verify|verify} messages.
         * @function encode
         * @memberof ebm.ParametersName
         * @static
         * @param {ebm.ParametersName.$Properties} message ParametersName message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ParametersName.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.branch);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.version);
            if (message.average != null && $Object.hasOwnProperty.call(message, "average") && message.average !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.average);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ParametersName message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.ParametersName
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.ParametersName & ebm.ParametersName.$Shape} ParametersName
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ParametersName.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.ParametersName();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.average = value;
                        else
                            delete message.average;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ParametersName;
    })();

    ebm.Join = (function() {

        /**
         * Properties of a Join.
         * @typedef {Object} ebm.Join.$Properties
         * @property {string|null} [worker] Join worker
         * @property {string|null} [engine] Join engine
         * @property {string|null} [version] Join version
         * @property {string|null} [deviceClass] Join deviceClass
         * @property {number|null} [threads] Join threads
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Join.
         * @memberof ebm
         * @interface IJoin
         * @augments ebm.Join.$Properties
         * @deprecated Use ebm.Join.$Properties instead.
         */

        /**
         * Shape of a Join.
         * @typedef {ebm.Join.$Properties} ebm.Join.$Shape
         */

        /**
         * Constructs a new Join.
         * @memberof ebm
         * @classdesc Represents a Join.
         * @constructor
         * @param {ebm.Join.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Join = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Join worker.
         * @member {string} worker
         * @memberof ebm.Join
         * @instance
         */
        Join.prototype.worker = "";

        /**
         * Join engine.
         * @member {string} engine
         * @memberof ebm.Join
         * @instance
         */
        Join.prototype.engine = "";

        /**
         * Join version.
         * @member {string} version
         * @memberof ebm.Join
         * @instance
         */
        Join.prototype.version = "";

        /**
         * Join deviceClass.
         * @member {string} deviceClass
         * @memberof ebm.Join
         * @instance
         */
        Join.prototype.deviceClass = "";

        /**
         * Join threads.
         * @member {number} threads
         * @memberof ebm.Join
         * @instance
         */
        Join.prototype.threads = 0;

        /**
         * Encodes the specified Join message. Does not implicitly {@link ebm.Join.verify|verify} messages.
         * @function encode
         * @memberof ebm.Join
         * @static
         * @param {ebm.Join.$Properties} message Join message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Join.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.engine != null && $Object.hasOwnProperty.call(message, "engine") && message.engine !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.engine);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.version);
            if (message.deviceClass != null && $Object.hasOwnProperty.call(message, "deviceClass") && message.deviceClass !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.deviceClass);
            if (message.threads != null && $Object.hasOwnProperty.call(message, "threads") && message.threads !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.threads);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Join message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Join
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Join & ebm.Join.$Shape} Join
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Join.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Join();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.engine = value;
                        else
                            delete message.engine;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.deviceClass = value;
                        else
                            delete message.deviceClass;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.threads = value;
                        else
                            delete message.threads;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Join;
    })();

    ebm.Request = (function() {

        /**
         * Properties of a Request.
         * @typedef {Object} ebm.Request.$Properties
         * @property {string|null} [worker] Request worker
         * @property {number|null} [epoch] Request epoch
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Request.
         * @memberof ebm
         * @interface IRequest
         * @augments ebm.Request.$Properties
         * @deprecated Use ebm.Request.$Properties instead.
         */

        /**
         * Shape of a Request.
         * @typedef {ebm.Request.$Properties} ebm.Request.$Shape
         */

        /**
         * Constructs a new Request.
         * @memberof ebm
         * @classdesc Represents a Request.
         * @constructor
         * @param {ebm.Request.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Request = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Request worker.
         * @member {string} worker
         * @memberof ebm.Request
         * @instance
         */
        Request.prototype.worker = "";

        /**
         * Request epoch.
         * @member {number} epoch
         * @memberof ebm.Request
         * @instance
         */
        Request.prototype.epoch = 0;

        /**
         * Encodes the specified Request message. Does not implicitly {@link ebm.Request.verify|verify} messages.
         * @function encode
         * @memberof ebm.Request
         * @static
         * @param {ebm.Request.$Properties} message Request message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Request.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Request message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Request
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Request & ebm.Request.$Shape} Request
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Request.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Request();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Request;
    })();

    ebm.Renew = (function() {

        /**
         * Properties of a Renew.
         * @typedef {Object} ebm.Renew.$Properties
         * @property {string|null} [worker] Renew worker
         * @property {number|null} [epoch] Renew epoch
         * @property {number|null} [lease] Renew lease
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Renew.
         * @memberof ebm
         * @interface IRenew
         * @augments ebm.Renew.$Properties
         * @deprecated Use ebm.Renew.$Properties instead.
         */

        /**
         * Shape of a Renew.
         * @typedef {ebm.Renew.$Properties} ebm.Renew.$Shape
         */

        /**
         * Constructs a new Renew.
         * @memberof ebm
         * @classdesc Represents a Renew.
         * @constructor
         * @param {ebm.Renew.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Renew = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Renew worker.
         * @member {string} worker
         * @memberof ebm.Renew
         * @instance
         */
        Renew.prototype.worker = "";

        /**
         * Renew epoch.
         * @member {number} epoch
         * @memberof ebm.Renew
         * @instance
         */
        Renew.prototype.epoch = 0;

        /**
         * Renew lease.
         * @member {number|null|undefined} lease
         * @memberof ebm.Renew
         * @instance
         */
        Renew.prototype.lease = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Renew.prototype, "_lease", {
            get: $util.oneOfGetter($oneOfFields = ["lease"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Renew message. Does not implicitly {@link ebm.Renew.verify|verify} messages.
         * @function encode
         * @memberof ebm.Renew
         * @static
         * @param {ebm.Renew.$Properties} message Renew message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Renew.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease"))
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Renew message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Renew
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Renew & ebm.Renew.$Shape} Renew
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Renew.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Renew();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        message.lease = reader.uint32();
                        message._lease = "lease";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Renew;
    })();

    ebm.Leave = (function() {

        /**
         * Properties of a Leave.
         * @typedef {Object} ebm.Leave.$Properties
         * @property {string|null} [worker] Leave worker
         * @property {number|null} [epoch] Leave epoch
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Leave.
         * @memberof ebm
         * @interface ILeave
         * @augments ebm.Leave.$Properties
         * @deprecated Use ebm.Leave.$Properties instead.
         */

        /**
         * Shape of a Leave.
         * @typedef {ebm.Leave.$Properties} ebm.Leave.$Shape
         */

        /**
         * Constructs a new Leave.
         * @memberof ebm
         * @classdesc Represents a Leave.
         * @constructor
         * @param {ebm.Leave.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Leave = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Leave worker.
         * @member {string} worker
         * @memberof ebm.Leave
         * @instance
         */
        Leave.prototype.worker = "";

        /**
         * Leave epoch.
         * @member {number} epoch
         * @memberof ebm.Leave
         * @instance
         */
        Leave.prototype.epoch = 0;

        /**
         * Encodes the specified Leave message. Does not implicitly {@link ebm.Leave.verify|verify} messages.
         * @function encode
         * @memberof ebm.Leave
         * @static
         * @param {ebm.Leave.$Properties} message Leave message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Leave.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Leave message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Leave
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Leave & ebm.Leave.$Shape} Leave
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Leave.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Leave();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Leave;
    })();

    ebm.Phase = (function() {

        /**
         * Properties of a Phase.
         * @typedef {Object} ebm.Phase.$Properties
         * @property {number|null} [count] Phase count
         * @property {Uint8Array|null} [visible] Phase visible
         * @property {Uint8Array|null} [hidden] Phase hidden
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Phase.
         * @memberof ebm
         * @interface IPhase
         * @augments ebm.Phase.$Properties
         * @deprecated Use ebm.Phase.$Properties instead.
         */

        /**
         * Shape of a Phase.
         * @typedef {ebm.Phase.$Properties} ebm.Phase.$Shape
         */

        /**
         * Constructs a new Phase.
         * @memberof ebm
         * @classdesc Represents a Phase.
         * @constructor
         * @param {ebm.Phase.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Phase = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Phase count.
         * @member {number} count
         * @memberof ebm.Phase
         * @instance
         */
        Phase.prototype.count = 0;

        /**
         * Phase visible.
         * @member {Uint8Array} visible
         * @memberof ebm.Phase
         * @instance
         */
        Phase.prototype.visible = $util.newBuffer([]);

        /**
         * Phase hidden.
         * @member {Uint8Array} hidden
         * @memberof ebm.Phase
         * @instance
         */
        Phase.prototype.hidden = $util.newBuffer([]);

        /**
         * Encodes the specified Phase message. Does not implicitly {@link ebm.Phase.verify|verify} messages.
         * @function encode
         * @memberof ebm.Phase
         * @static
         * @param {ebm.Phase.$Properties} message Phase message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Phase.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.count);
            if (message.visible != null && $Object.hasOwnProperty.call(message, "visible") && message.visible.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.visible);
            if (message.hidden != null && $Object.hasOwnProperty.call(message, "hidden") && message.hidden.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.hidden);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Phase message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Phase
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Phase & ebm.Phase.$Shape} Phase
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Phase.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Phase();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visible = value;
                        else
                            delete message.visible;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hidden = value;
                        else
                            delete message.hidden;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Phase;
    })();

    ebm.Sums = (function() {

        /**
         * Properties of a Sums.
         * @typedef {Object} ebm.Sums.$Properties
         * @property {ebm.Phase.$Properties|null} [data] Sums data
         * @property {ebm.Phase.$Properties|null} [model] Sums model
         * @property {boolean|null} [wide] Sums wide
         * @property {Uint8Array|null} [difference] Sums difference
         * @property {ebm.Both.$Properties|null} [both] Sums both
         * @property {boolean|null} [packed] Sums packed
         * @property {"difference"|"both"} [outer] Sums outer
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Sums.
         * @memberof ebm
         * @interface ISums
         * @augments ebm.Sums.$Properties
         * @deprecated Use ebm.Sums.$Properties instead.
         */

        /**
         * Narrowed shape of a Sums.
         * @typedef {{
         *   data?: ebm.Phase.$Shape|null;
         *   model?: ebm.Phase.$Shape|null;
         *   wide?: boolean|null;
         *   difference?: Uint8Array|null;
         *   both?: ebm.Both.$Shape|null;
         *   packed?: boolean|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ outer?: undefined; difference?: null; both?: null }|{ outer?: "difference"; difference: Uint8Array; both?: null }|{ outer?: "both"; difference?: null; both: ebm.Both.$Shape })
         * )} ebm.Sums.$Shape
         */

        /**
         * Constructs a new Sums.
         * @memberof ebm
         * @classdesc Represents a Sums.
         * @constructor
         * @param {ebm.Sums.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Sums = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Sums data.
         * @member {ebm.Phase.$Properties|null|undefined} data
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.data = null;

        /**
         * Sums model.
         * @member {ebm.Phase.$Properties|null|undefined} model
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.model = null;

        /**
         * Sums wide.
         * @member {boolean} wide
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.wide = false;

        /**
         * Sums difference.
         * @member {Uint8Array|null|undefined} difference
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.difference = null;

        /**
         * Sums both.
         * @member {ebm.Both.$Properties|null|undefined} both
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.both = null;

        /**
         * Sums packed.
         * @member {boolean} packed
         * @memberof ebm.Sums
         * @instance
         */
        Sums.prototype.packed = false;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Sums outer.
         * @member {"difference"|"both"|undefined} outer
         * @memberof ebm.Sums
         * @instance
         */
        $Object.defineProperty(Sums.prototype, "outer", {
            get: $util.oneOfGetter($oneOfFields = ["difference", "both"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Sums message. Does not implicitly {@link ebm.Sums.verify|verify} messages.
         * @function encode
         * @memberof ebm.Sums
         * @static
         * @param {ebm.Sums.$Properties} message Sums message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Sums.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                $root.ebm.Phase.encode(message.data, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                $root.ebm.Phase.encode(message.model, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.wide != null && $Object.hasOwnProperty.call(message, "wide") && message.wide !== false)
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.wide);
            if (message.difference != null && $Object.hasOwnProperty.call(message, "difference"))
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.difference);
            if (message.both != null && $Object.hasOwnProperty.call(message, "both"))
                $root.ebm.Both.encode(message.both, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.packed != null && $Object.hasOwnProperty.call(message, "packed") && message.packed !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.packed);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Sums message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Sums
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Sums & ebm.Sums.$Shape} Sums
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Sums.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Sums();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.data = $root.ebm.Phase.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.model = $root.ebm.Phase.decode(reader, reader.size(), $undefined, _depth + 1, message.model);
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.wide = value;
                        else
                            delete message.wide;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.difference = reader.bytes();
                        message.outer = "difference";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.both = $root.ebm.Both.decode(reader, reader.size(), $undefined, _depth + 1, message.both);
                        message.outer = "both";
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.packed = value;
                        else
                            delete message.packed;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Sums;
    })();

    ebm.Both = (function() {

        /**
         * Properties of a Both.
         * @typedef {Object} ebm.Both.$Properties
         * @property {Uint8Array|null} [data] Both data
         * @property {Uint8Array|null} [model] Both model
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Both.
         * @memberof ebm
         * @interface IBoth
         * @augments ebm.Both.$Properties
         * @deprecated Use ebm.Both.$Properties instead.
         */

        /**
         * Shape of a Both.
         * @typedef {ebm.Both.$Properties} ebm.Both.$Shape
         */

        /**
         * Constructs a new Both.
         * @memberof ebm
         * @classdesc Represents a Both.
         * @constructor
         * @param {ebm.Both.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Both = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Both data.
         * @member {Uint8Array} data
         * @memberof ebm.Both
         * @instance
         */
        Both.prototype.data = $util.newBuffer([]);

        /**
         * Both model.
         * @member {Uint8Array} model
         * @memberof ebm.Both
         * @instance
         */
        Both.prototype.model = $util.newBuffer([]);

        /**
         * Encodes the specified Both message. Does not implicitly {@link ebm.Both.verify|verify} messages.
         * @function encode
         * @memberof ebm.Both
         * @static
         * @param {ebm.Both.$Properties} message Both message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Both.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.data);
            if (message.model != null && $Object.hasOwnProperty.call(message, "model") && message.model.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.model);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Both message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Both
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Both & ebm.Both.$Shape} Both
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Both.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Both();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.model = value;
                        else
                            delete message.model;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Both;
    })();

    ebm.PhaseFactors = (function() {

        /**
         * Properties of a PhaseFactors.
         * @typedef {Object} ebm.PhaseFactors.$Properties
         * @property {number|null} [count] PhaseFactors count
         * @property {Uint8Array|null} [visible] PhaseFactors visible
         * @property {Uint8Array|null} [thresholds] PhaseFactors thresholds
         * @property {Uint8Array|null} [full] PhaseFactors full
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PhaseFactors.
         * @memberof ebm
         * @interface IPhaseFactors
         * @augments ebm.PhaseFactors.$Properties
         * @deprecated Use ebm.PhaseFactors.$Properties instead.
         */

        /**
         * Shape of a PhaseFactors.
         * @typedef {ebm.PhaseFactors.$Properties} ebm.PhaseFactors.$Shape
         */

        /**
         * Constructs a new PhaseFactors.
         * @memberof ebm
         * @classdesc Represents a PhaseFactors.
         * @constructor
         * @param {ebm.PhaseFactors.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const PhaseFactors = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PhaseFactors count.
         * @member {number} count
         * @memberof ebm.PhaseFactors
         * @instance
         */
        PhaseFactors.prototype.count = 0;

        /**
         * PhaseFactors visible.
         * @member {Uint8Array} visible
         * @memberof ebm.PhaseFactors
         * @instance
         */
        PhaseFactors.prototype.visible = $util.newBuffer([]);

        /**
         * PhaseFactors thresholds.
         * @member {Uint8Array} thresholds
         * @memberof ebm.PhaseFactors
         * @instance
         */
        PhaseFactors.prototype.thresholds = $util.newBuffer([]);

        /**
         * PhaseFactors full.
         * @member {Uint8Array} full
         * @memberof ebm.PhaseFactors
         * @instance
         */
        PhaseFactors.prototype.full = $util.newBuffer([]);

        /**
         * Encodes the specified PhaseFactors message. Does not implicitly {@link ebm.PhaseFactors.verify|verify} messages.
         * @function encode
         * @memberof ebm.PhaseFactors
         * @static
         * @param {ebm.PhaseFactors.$Properties} message PhaseFactors message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PhaseFactors.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.count);
            if (message.visible != null && $Object.hasOwnProperty.call(message, "visible") && message.visible.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.visible);
            if (message.thresholds != null && $Object.hasOwnProperty.call(message, "thresholds") && message.thresholds.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.thresholds);
            if (message.full != null && $Object.hasOwnProperty.call(message, "full") && message.full.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.full);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PhaseFactors message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.PhaseFactors
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.PhaseFactors & ebm.PhaseFactors.$Shape} PhaseFactors
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PhaseFactors.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.PhaseFactors();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visible = value;
                        else
                            delete message.visible;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.thresholds = value;
                        else
                            delete message.thresholds;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.full = value;
                        else
                            delete message.full;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PhaseFactors;
    })();

    ebm.Factors = (function() {

        /**
         * Properties of a Factors.
         * @typedef {Object} ebm.Factors.$Properties
         * @property {ebm.PhaseFactors.$Properties|null} [data] Factors data
         * @property {ebm.PhaseFactors.$Properties|null} [model] Factors model
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Factors.
         * @memberof ebm
         * @interface IFactors
         * @augments ebm.Factors.$Properties
         * @deprecated Use ebm.Factors.$Properties instead.
         */

        /**
         * Shape of a Factors.
         * @typedef {ebm.Factors.$Properties} ebm.Factors.$Shape
         */

        /**
         * Constructs a new Factors.
         * @memberof ebm
         * @classdesc Represents a Factors.
         * @constructor
         * @param {ebm.Factors.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Factors = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Factors data.
         * @member {ebm.PhaseFactors.$Properties|null|undefined} data
         * @memberof ebm.Factors
         * @instance
         */
        Factors.prototype.data = null;

        /**
         * Factors model.
         * @member {ebm.PhaseFactors.$Properties|null|undefined} model
         * @memberof ebm.Factors
         * @instance
         */
        Factors.prototype.model = null;

        /**
         * Encodes the specified Factors message. Does not implicitly {@link ebm.Factors.verify|verify} messages.
         * @function encode
         * @memberof ebm.Factors
         * @static
         * @param {ebm.Factors.$Properties} message Factors message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Factors.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                $root.ebm.PhaseFactors.encode(message.data, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.model != null && $Object.hasOwnProperty.call(message, "model"))
                $root.ebm.PhaseFactors.encode(message.model, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Factors message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Factors
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Factors & ebm.Factors.$Shape} Factors
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Factors.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Factors();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.data = $root.ebm.PhaseFactors.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.model = $root.ebm.PhaseFactors.decode(reader, reader.size(), $undefined, _depth + 1, message.model);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Factors;
    })();

    ebm.Spent = (function() {

        /**
         * Properties of a Spent.
         * @typedef {Object} ebm.Spent.$Properties
         * @property {number|null} [waited] Spent waited
         * @property {number|null} [fetched] Spent fetched
         * @property {number|null} [computed] Spent computed
         * @property {number|null} [encoded] Spent encoded
         * @property {number|null} [decoded] Spent decoded
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Spent.
         * @memberof ebm
         * @interface ISpent
         * @augments ebm.Spent.$Properties
         * @deprecated Use ebm.Spent.$Properties instead.
         */

        /**
         * Shape of a Spent.
         * @typedef {ebm.Spent.$Properties} ebm.Spent.$Shape
         */

        /**
         * Constructs a new Spent.
         * @memberof ebm
         * @classdesc Represents a Spent.
         * @constructor
         * @param {ebm.Spent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Spent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Spent waited.
         * @member {number} waited
         * @memberof ebm.Spent
         * @instance
         */
        Spent.prototype.waited = 0;

        /**
         * Spent fetched.
         * @member {number} fetched
         * @memberof ebm.Spent
         * @instance
         */
        Spent.prototype.fetched = 0;

        /**
         * Spent computed.
         * @member {number} computed
         * @memberof ebm.Spent
         * @instance
         */
        Spent.prototype.computed = 0;

        /**
         * Spent encoded.
         * @member {number} encoded
         * @memberof ebm.Spent
         * @instance
         */
        Spent.prototype.encoded = 0;

        /**
         * Spent decoded.
         * @member {number} decoded
         * @memberof ebm.Spent
         * @instance
         */
        Spent.prototype.decoded = 0;

        /**
         * Encodes the specified Spent message. Does not implicitly {@link ebm.Spent.verify|verify} messages.
         * @function encode
         * @memberof ebm.Spent
         * @static
         * @param {ebm.Spent.$Properties} message Spent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Spent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.waited != null && $Object.hasOwnProperty.call(message, "waited") && message.waited !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.waited);
            if (message.fetched != null && $Object.hasOwnProperty.call(message, "fetched") && message.fetched !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.fetched);
            if (message.computed != null && $Object.hasOwnProperty.call(message, "computed") && message.computed !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.computed);
            if (message.encoded != null && $Object.hasOwnProperty.call(message, "encoded") && message.encoded !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.encoded);
            if (message.decoded != null && $Object.hasOwnProperty.call(message, "decoded") && message.decoded !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.decoded);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Spent message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Spent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Spent & ebm.Spent.$Shape} Spent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Spent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Spent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.waited = value;
                        else
                            delete message.waited;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.fetched = value;
                        else
                            delete message.fetched;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.computed = value;
                        else
                            delete message.computed;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.encoded = value;
                        else
                            delete message.encoded;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.decoded = value;
                        else
                            delete message.decoded;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Spent;
    })();

    ebm.Contribution = (function() {

        /**
         * Properties of a Contribution.
         * @typedef {Object} ebm.Contribution.$Properties
         * @property {string|null} [worker] Contribution worker
         * @property {number|null} [epoch] Contribution epoch
         * @property {number|null} [lease] Contribution lease
         * @property {number|null} [branch] Contribution branch
         * @property {number|null} [update] Contribution update
         * @property {ebm.Range.$Properties|null} [data] Contribution data
         * @property {ebm.Range.$Properties|null} [chains] Contribution chains
         * @property {ebm.Sums.$Properties|null} [sums] Contribution sums
         * @property {Uint8Array|null} [states] Contribution states
         * @property {boolean|null} [asks] Contribution asks
         * @property {ebm.Factors.$Properties|null} [factors] Contribution factors
         * @property {ebm.Spent.$Properties|null} [spent] Contribution spent
         * @property {ebm.Gradient.$Properties|null} [gradient] Contribution gradient
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Contribution.
         * @memberof ebm
         * @interface IContribution
         * @augments ebm.Contribution.$Properties
         * @deprecated Use ebm.Contribution.$Properties instead.
         */

        /**
         * Shape of a Contribution.
         * @typedef {{
         *   worker?: string|null;
         *   epoch?: number|null;
         *   lease?: number|null;
         *   branch?: number|null;
         *   update?: number|null;
         *   data?: ebm.Range.$Shape|null;
         *   chains?: ebm.Range.$Shape|null;
         *   sums?: ebm.Sums.$Shape|null;
         *   states?: Uint8Array|null;
         *   asks?: boolean|null;
         *   factors?: ebm.Factors.$Shape|null;
         *   spent?: ebm.Spent.$Shape|null;
         *   gradient?: ebm.Gradient.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * }} ebm.Contribution.$Shape
         */

        /**
         * Constructs a new Contribution.
         * @memberof ebm
         * @classdesc Represents a Contribution.
         * @constructor
         * @param {ebm.Contribution.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Contribution = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Contribution worker.
         * @member {string} worker
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.worker = "";

        /**
         * Contribution epoch.
         * @member {number} epoch
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.epoch = 0;

        /**
         * Contribution lease.
         * @member {number} lease
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.lease = 0;

        /**
         * Contribution branch.
         * @member {number} branch
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.branch = 0;

        /**
         * Contribution update.
         * @member {number} update
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.update = 0;

        /**
         * Contribution data.
         * @member {ebm.Range.$Properties|null|undefined} data
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.data = null;

        /**
         * Contribution chains.
         * @member {ebm.Range.$Properties|null|undefined} chains
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.chains = null;

        /**
         * Contribution sums.
         * @member {ebm.Sums.$Properties|null|undefined} sums
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.sums = null;

        /**
         * Contribution states.
         * @member {Uint8Array} states
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.states = $util.newBuffer([]);

        /**
         * Contribution asks.
         * @member {boolean} asks
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.asks = false;

        /**
         * Contribution factors.
         * @member {ebm.Factors.$Properties|null|undefined} factors
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.factors = null;

        /**
         * Contribution spent.
         * @member {ebm.Spent.$Properties|null|undefined} spent
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.spent = null;

        /**
         * Contribution gradient.
         * @member {ebm.Gradient.$Properties|null|undefined} gradient
         * @memberof ebm.Contribution
         * @instance
         */
        Contribution.prototype.gradient = null;

        /**
         * Encodes the specified Contribution message. Does not implicitly {@link ebm.Contribution.verify|verify} messages.
         * @function encode
         * @memberof ebm.Contribution
         * @static
         * @param {ebm.Contribution.$Properties} message Contribution message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Contribution.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && message.lease !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.lease);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.branch);
            if (message.update != null && $Object.hasOwnProperty.call(message, "update") && message.update !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.update);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                $root.ebm.Range.encode(message.data, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.chains != null && $Object.hasOwnProperty.call(message, "chains"))
                $root.ebm.Range.encode(message.chains, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.sums != null && $Object.hasOwnProperty.call(message, "sums"))
                $root.ebm.Sums.encode(message.sums, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.states != null && $Object.hasOwnProperty.call(message, "states") && message.states.length)
                writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.states);
            if (message.asks != null && $Object.hasOwnProperty.call(message, "asks") && message.asks !== false)
                writer.uint32(/* id 10, wireType 0 =*/80).bool(message.asks);
            if (message.factors != null && $Object.hasOwnProperty.call(message, "factors"))
                $root.ebm.Factors.encode(message.factors, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
            if (message.spent != null && $Object.hasOwnProperty.call(message, "spent"))
                $root.ebm.Spent.encode(message.spent, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
            if (message.gradient != null && $Object.hasOwnProperty.call(message, "gradient"))
                $root.ebm.Gradient.encode(message.gradient, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Contribution message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Contribution
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Contribution & ebm.Contribution.$Shape} Contribution
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Contribution.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Contribution();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.update = value;
                        else
                            delete message.update;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.data = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.chains = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.chains);
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.sums = $root.ebm.Sums.decode(reader, reader.size(), $undefined, _depth + 1, message.sums);
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.states = value;
                        else
                            delete message.states;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.asks = value;
                        else
                            delete message.asks;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.factors = $root.ebm.Factors.decode(reader, reader.size(), $undefined, _depth + 1, message.factors);
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        message.spent = $root.ebm.Spent.decode(reader, reader.size(), $undefined, _depth + 1, message.spent);
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.gradient = $root.ebm.Gradient.decode(reader, reader.size(), $undefined, _depth + 1, message.gradient);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Contribution;
    })();

    ebm.Words = (function() {

        /**
         * Properties of a Words.
         * @typedef {Object} ebm.Words.$Properties
         * @property {Uint8Array|null} [low] Words low
         * @property {Uint8Array|null} [high] Words high
         * @property {number|null} [rejected] Words rejected
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Words.
         * @memberof ebm
         * @interface IWords
         * @augments ebm.Words.$Properties
         * @deprecated Use ebm.Words.$Properties instead.
         */

        /**
         * Shape of a Words.
         * @typedef {ebm.Words.$Properties} ebm.Words.$Shape
         */

        /**
         * Constructs a new Words.
         * @memberof ebm
         * @classdesc Represents a Words.
         * @constructor
         * @param {ebm.Words.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Words = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Words low.
         * @member {Uint8Array} low
         * @memberof ebm.Words
         * @instance
         */
        Words.prototype.low = $util.newBuffer([]);

        /**
         * Words high.
         * @member {Uint8Array} high
         * @memberof ebm.Words
         * @instance
         */
        Words.prototype.high = $util.newBuffer([]);

        /**
         * Words rejected.
         * @member {number} rejected
         * @memberof ebm.Words
         * @instance
         */
        Words.prototype.rejected = 0;

        /**
         * Encodes the specified Words message. Does not implicitly {@link ebm.Words.verify|verify} messages.
         * @function encode
         * @memberof ebm.Words
         * @static
         * @param {ebm.Words.$Properties} message Words message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Words.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.low != null && $Object.hasOwnProperty.call(message, "low") && message.low.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.low);
            if (message.high != null && $Object.hasOwnProperty.call(message, "high") && message.high.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.high);
            if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected") && message.rejected !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.rejected);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Words message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Words
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Words & ebm.Words.$Shape} Words
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Words.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Words();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.low = value;
                        else
                            delete message.low;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.high = value;
                        else
                            delete message.high;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.rejected = value;
                        else
                            delete message.rejected;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Words;
    })();

    ebm.Gradient = (function() {

        /**
         * Properties of a Gradient.
         * @typedef {Object} ebm.Gradient.$Properties
         * @property {ebm.Words.$Properties|null} [gradient] Gradient gradient
         * @property {ebm.Words.$Properties|null} [observed] Gradient observed
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Gradient.
         * @memberof ebm
         * @interface IGradient
         * @augments ebm.Gradient.$Properties
         * @deprecated Use ebm.Gradient.$Properties instead.
         */

        /**
         * Shape of a Gradient.
         * @typedef {ebm.Gradient.$Properties} ebm.Gradient.$Shape
         */

        /**
         * Constructs a new Gradient.
         * @memberof ebm
         * @classdesc Represents a Gradient.
         * @constructor
         * @param {ebm.Gradient.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Gradient = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Gradient gradient.
         * @member {ebm.Words.$Properties|null|undefined} gradient
         * @memberof ebm.Gradient
         * @instance
         */
        Gradient.prototype.gradient = null;

        /**
         * Gradient observed.
         * @member {ebm.Words.$Properties|null|undefined} observed
         * @memberof ebm.Gradient
         * @instance
         */
        Gradient.prototype.observed = null;

        /**
         * Encodes the specified Gradient message. Does not implicitly {@link ebm.Gradient.verify|verify} messages.
         * @function encode
         * @memberof ebm.Gradient
         * @static
         * @param {ebm.Gradient.$Properties} message Gradient message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Gradient.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.gradient != null && $Object.hasOwnProperty.call(message, "gradient"))
                $root.ebm.Words.encode(message.gradient, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.observed != null && $Object.hasOwnProperty.call(message, "observed"))
                $root.ebm.Words.encode(message.observed, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Gradient message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Gradient
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Gradient & ebm.Gradient.$Shape} Gradient
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Gradient.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Gradient();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.gradient = $root.ebm.Words.decode(reader, reader.size(), $undefined, _depth + 1, message.gradient);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.observed = $root.ebm.Words.decode(reader, reader.size(), $undefined, _depth + 1, message.observed);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Gradient;
    })();

    ebm.Result = (function() {

        /**
         * Properties of a Result.
         * @typedef {Object} ebm.Result.$Properties
         * @property {string|null} [worker] Result worker
         * @property {number|null} [epoch] Result epoch
         * @property {number|null} [lease] Result lease
         * @property {Uint8Array|null} [numbers] Result numbers
         * @property {ebm.Samples.$Properties|null} [samples] Result samples
         * @property {boolean|null} [asks] Result asks
         * @property {"numbers"|"samples"} [values] Result values
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Result.
         * @memberof ebm
         * @interface IResult
         * @augments ebm.Result.$Properties
         * @deprecated Use ebm.Result.$Properties instead.
         */

        /**
         * Narrowed shape of a Result.
         * @typedef {{
         *   worker?: string|null;
         *   epoch?: number|null;
         *   lease?: number|null;
         *   numbers?: Uint8Array|null;
         *   samples?: ebm.Samples.$Shape|null;
         *   asks?: boolean|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ values?: undefined; numbers?: null; samples?: null }|{ values?: "numbers"; numbers: Uint8Array; samples?: null }|{ values?: "samples"; numbers?: null; samples: ebm.Samples.$Shape })
         * )} ebm.Result.$Shape
         */

        /**
         * Constructs a new Result.
         * @memberof ebm
         * @classdesc Represents a Result.
         * @constructor
         * @param {ebm.Result.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Result = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Result worker.
         * @member {string} worker
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.worker = "";

        /**
         * Result epoch.
         * @member {number} epoch
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.epoch = 0;

        /**
         * Result lease.
         * @member {number} lease
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.lease = 0;

        /**
         * Result numbers.
         * @member {Uint8Array|null|undefined} numbers
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.numbers = null;

        /**
         * Result samples.
         * @member {ebm.Samples.$Properties|null|undefined} samples
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.samples = null;

        /**
         * Result asks.
         * @member {boolean} asks
         * @memberof ebm.Result
         * @instance
         */
        Result.prototype.asks = false;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Result values.
         * @member {"numbers"|"samples"|undefined} values
         * @memberof ebm.Result
         * @instance
         */
        $Object.defineProperty(Result.prototype, "values", {
            get: $util.oneOfGetter($oneOfFields = ["numbers", "samples"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Result message. Does not implicitly {@link ebm.Result.verify|verify} messages.
         * @function encode
         * @memberof ebm.Result
         * @static
         * @param {ebm.Result.$Properties} message Result message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Result.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && message.lease !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.lease);
            if (message.numbers != null && $Object.hasOwnProperty.call(message, "numbers"))
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.numbers);
            if (message.samples != null && $Object.hasOwnProperty.call(message, "samples"))
                $root.ebm.Samples.encode(message.samples, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.asks != null && $Object.hasOwnProperty.call(message, "asks") && message.asks !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.asks);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Result message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Result
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Result & ebm.Result.$Shape} Result
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Result.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Result();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.numbers = reader.bytes();
                        message.values = "numbers";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.samples = $root.ebm.Samples.decode(reader, reader.size(), $undefined, _depth + 1, message.samples);
                        message.values = "samples";
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.asks = value;
                        else
                            delete message.asks;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Result;
    })();

    ebm.Samples = (function() {

        /**
         * Properties of a Samples.
         * @typedef {Object} ebm.Samples.$Properties
         * @property {Uint8Array|null} [states] Samples states
         * @property {Uint8Array|null} [visible] Samples visible
         * @property {Uint8Array|null} [visibleThresholds] Samples visibleThresholds
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Samples.
         * @memberof ebm
         * @interface ISamples
         * @augments ebm.Samples.$Properties
         * @deprecated Use ebm.Samples.$Properties instead.
         */

        /**
         * Shape of a Samples.
         * @typedef {ebm.Samples.$Properties} ebm.Samples.$Shape
         */

        /**
         * Constructs a new Samples.
         * @memberof ebm
         * @classdesc Represents a Samples.
         * @constructor
         * @param {ebm.Samples.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Samples = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Samples states.
         * @member {Uint8Array} states
         * @memberof ebm.Samples
         * @instance
         */
        Samples.prototype.states = $util.newBuffer([]);

        /**
         * Samples visible.
         * @member {Uint8Array} visible
         * @memberof ebm.Samples
         * @instance
         */
        Samples.prototype.visible = $util.newBuffer([]);

        /**
         * Samples visibleThresholds.
         * @member {Uint8Array} visibleThresholds
         * @memberof ebm.Samples
         * @instance
         */
        Samples.prototype.visibleThresholds = $util.newBuffer([]);

        /**
         * Encodes the specified Samples message. Does not implicitly {@link ebm.Samples.verify|verify} messages.
         * @function encode
         * @memberof ebm.Samples
         * @static
         * @param {ebm.Samples.$Properties} message Samples message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Samples.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.states != null && $Object.hasOwnProperty.call(message, "states") && message.states.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.states);
            if (message.visible != null && $Object.hasOwnProperty.call(message, "visible") && message.visible.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.visible);
            if (message.visibleThresholds != null && $Object.hasOwnProperty.call(message, "visibleThresholds") && message.visibleThresholds.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.visibleThresholds);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Samples message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Samples
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Samples & ebm.Samples.$Shape} Samples
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Samples.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Samples();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.states = value;
                        else
                            delete message.states;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visible = value;
                        else
                            delete message.visible;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visibleThresholds = value;
                        else
                            delete message.visibleThresholds;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Samples;
    })();

    ebm.Failed = (function() {

        /**
         * Properties of a Failed.
         * @typedef {Object} ebm.Failed.$Properties
         * @property {string|null} [worker] Failed worker
         * @property {number|null} [epoch] Failed epoch
         * @property {number|null} [lease] Failed lease
         * @property {number|null} [code] Failed code
         * @property {string|null} [text] Failed text
         * @property {boolean|null} [asks] Failed asks
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Failed.
         * @memberof ebm
         * @interface IFailed
         * @augments ebm.Failed.$Properties
         * @deprecated Use ebm.Failed.$Properties instead.
         */

        /**
         * Shape of a Failed.
         * @typedef {ebm.Failed.$Properties} ebm.Failed.$Shape
         */

        /**
         * Constructs a new Failed.
         * @memberof ebm
         * @classdesc Represents a Failed.
         * @constructor
         * @param {ebm.Failed.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Failed = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Failed worker.
         * @member {string} worker
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.worker = "";

        /**
         * Failed epoch.
         * @member {number} epoch
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.epoch = 0;

        /**
         * Failed lease.
         * @member {number} lease
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.lease = 0;

        /**
         * Failed code.
         * @member {number} code
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.code = 0;

        /**
         * Failed text.
         * @member {string} text
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.text = "";

        /**
         * Failed asks.
         * @member {boolean} asks
         * @memberof ebm.Failed
         * @instance
         */
        Failed.prototype.asks = false;

        /**
         * Encodes the specified Failed message. Does not implicitly {@link ebm.Failed.verify|verify} messages.
         * @function encode
         * @memberof ebm.Failed
         * @static
         * @param {ebm.Failed.$Properties} message Failed message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Failed.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && message.lease !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.lease);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.code);
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.text);
            if (message.asks != null && $Object.hasOwnProperty.call(message, "asks") && message.asks !== false)
                writer.uint32(/* id 6, wireType 0 =*/48).bool(message.asks);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Failed message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Failed
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Failed & ebm.Failed.$Shape} Failed
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Failed.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Failed();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.asks = value;
                        else
                            delete message.asks;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Failed;
    })();

    ebm.ParametersRequest = (function() {

        /**
         * Properties of a ParametersRequest.
         * @typedef {Object} ebm.ParametersRequest.$Properties
         * @property {string|null} [worker] ParametersRequest worker
         * @property {number|null} [epoch] ParametersRequest epoch
         * @property {ebm.ParametersName.$Properties|null} [name] ParametersRequest name
         * @property {ebm.ParametersName.$Properties|null} [have] ParametersRequest have
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ParametersRequest.
         * @memberof ebm
         * @interface IParametersRequest
         * @augments ebm.ParametersRequest.$Properties
         * @deprecated Use ebm.ParametersRequest.$Properties instead.
         */

        /**
         * Shape of a ParametersRequest.
         * @typedef {ebm.ParametersRequest.$Properties} ebm.ParametersRequest.$Shape
         */

        /**
         * Constructs a new ParametersRequest.
         * @memberof ebm
         * @classdesc Represents a ParametersRequest.
         * @constructor
         * @param {ebm.ParametersRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ParametersRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ParametersRequest worker.
         * @member {string} worker
         * @memberof ebm.ParametersRequest
         * @instance
         */
        ParametersRequest.prototype.worker = "";

        /**
         * ParametersRequest epoch.
         * @member {number} epoch
         * @memberof ebm.ParametersRequest
         * @instance
         */
        ParametersRequest.prototype.epoch = 0;

        /**
         * ParametersRequest name.
         * @member {ebm.ParametersName.$Properties|null|undefined} name
         * @memberof ebm.ParametersRequest
         * @instance
         */
        ParametersRequest.prototype.name = null;

        /**
         * ParametersRequest have.
         * @member {ebm.ParametersName.$Properties|null|undefined} have
         * @memberof ebm.ParametersRequest
         * @instance
         */
        ParametersRequest.prototype.have = null;

        /**
         * Encodes the specified ParametersRequest message. Does not implicitly {@link ebm.ParametersRequest.verify|verify} messages.
         * @function encode
         * @memberof ebm.ParametersRequest
         * @static
         * @param {ebm.ParametersRequest.$Properties} message ParametersRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ParametersRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.worker != null && $Object.hasOwnProperty.call(message, "worker") && message.worker !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.worker);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.epoch);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                $root.ebm.ParametersName.encode(message.name, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.have != null && $Object.hasOwnProperty.call(message, "have"))
                $root.ebm.ParametersName.encode(message.have, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ParametersRequest message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.ParametersRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.ParametersRequest & ebm.ParametersRequest.$Shape} ParametersRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ParametersRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.ParametersRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.worker = value;
                        else
                            delete message.worker;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.name = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.have = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.have);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ParametersRequest;
    })();

    ebm.ParametersDifference = (function() {

        /**
         * Properties of a ParametersDifference.
         * @typedef {Object} ebm.ParametersDifference.$Properties
         * @property {number|null} [epoch] ParametersDifference epoch
         * @property {ebm.ParametersName.$Properties|null} [name] ParametersDifference name
         * @property {number|null} [base] ParametersDifference base
         * @property {number|null} [bits] ParametersDifference bits
         * @property {Uint8Array|null} [codes] ParametersDifference codes
         * @property {Uint8Array|null} [escapes] ParametersDifference escapes
         * @property {Uint8Array|null} [visibleBias] ParametersDifference visibleBias
         * @property {Uint8Array|null} [hiddenBias] ParametersDifference hiddenBias
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ParametersDifference.
         * @memberof ebm
         * @interface IParametersDifference
         * @augments ebm.ParametersDifference.$Properties
         * @deprecated Use ebm.ParametersDifference.$Properties instead.
         */

        /**
         * Shape of a ParametersDifference.
         * @typedef {ebm.ParametersDifference.$Properties} ebm.ParametersDifference.$Shape
         */

        /**
         * Constructs a new ParametersDifference.
         * @memberof ebm
         * @classdesc Represents a ParametersDifference.
         * @constructor
         * @param {ebm.ParametersDifference.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ParametersDifference = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ParametersDifference epoch.
         * @member {number} epoch
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.epoch = 0;

        /**
         * ParametersDifference name.
         * @member {ebm.ParametersName.$Properties|null|undefined} name
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.name = null;

        /**
         * ParametersDifference base.
         * @member {number} base
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.base = 0;

        /**
         * ParametersDifference bits.
         * @member {number} bits
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.bits = 0;

        /**
         * ParametersDifference codes.
         * @member {Uint8Array} codes
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.codes = $util.newBuffer([]);

        /**
         * ParametersDifference escapes.
         * @member {Uint8Array} escapes
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.escapes = $util.newBuffer([]);

        /**
         * ParametersDifference visibleBias.
         * @member {Uint8Array} visibleBias
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.visibleBias = $util.newBuffer([]);

        /**
         * ParametersDifference hiddenBias.
         * @member {Uint8Array} hiddenBias
         * @memberof ebm.ParametersDifference
         * @instance
         */
        ParametersDifference.prototype.hiddenBias = $util.newBuffer([]);

        /**
         * Encodes the specified ParametersDifference message. Does not implicitly {@link ebm.ParametersDifference.verify|verify} messages.
         * @function encode
         * @memberof ebm.ParametersDifference
         * @static
         * @param {ebm.ParametersDifference.$Properties} message ParametersDifference message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ParametersDifference.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                $root.ebm.ParametersName.encode(message.name, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.base != null && $Object.hasOwnProperty.call(message, "base") && message.base !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.base);
            if (message.bits != null && $Object.hasOwnProperty.call(message, "bits") && message.bits !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.bits);
            if (message.codes != null && $Object.hasOwnProperty.call(message, "codes") && message.codes.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.codes);
            if (message.escapes != null && $Object.hasOwnProperty.call(message, "escapes") && message.escapes.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.escapes);
            if (message.visibleBias != null && $Object.hasOwnProperty.call(message, "visibleBias") && message.visibleBias.length)
                writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.visibleBias);
            if (message.hiddenBias != null && $Object.hasOwnProperty.call(message, "hiddenBias") && message.hiddenBias.length)
                writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.hiddenBias);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ParametersDifference message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.ParametersDifference
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.ParametersDifference & ebm.ParametersDifference.$Shape} ParametersDifference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ParametersDifference.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.ParametersDifference();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.name = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.base = value;
                        else
                            delete message.base;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.bits = value;
                        else
                            delete message.bits;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.codes = value;
                        else
                            delete message.codes;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.escapes = value;
                        else
                            delete message.escapes;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visibleBias = value;
                        else
                            delete message.visibleBias;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hiddenBias = value;
                        else
                            delete message.hiddenBias;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ParametersDifference;
    })();

    ebm.Parameters = (function() {

        /**
         * Properties of a Parameters.
         * @typedef {Object} ebm.Parameters.$Properties
         * @property {number|null} [epoch] Parameters epoch
         * @property {ebm.ParametersName.$Properties|null} [name] Parameters name
         * @property {Uint8Array|null} [weights] Parameters weights
         * @property {Uint8Array|null} [visibleBias] Parameters visibleBias
         * @property {Uint8Array|null} [hiddenBias] Parameters hiddenBias
         * @property {Uint8Array|null} [values] Parameters values
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Parameters.
         * @memberof ebm
         * @interface IParameters
         * @augments ebm.Parameters.$Properties
         * @deprecated Use ebm.Parameters.$Properties instead.
         */

        /**
         * Shape of a Parameters.
         * @typedef {ebm.Parameters.$Properties} ebm.Parameters.$Shape
         */

        /**
         * Constructs a new Parameters.
         * @memberof ebm
         * @classdesc Represents a Parameters.
         * @constructor
         * @param {ebm.Parameters.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Parameters = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Parameters epoch.
         * @member {number} epoch
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.epoch = 0;

        /**
         * Parameters name.
         * @member {ebm.ParametersName.$Properties|null|undefined} name
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.name = null;

        /**
         * Parameters weights.
         * @member {Uint8Array} weights
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.weights = $util.newBuffer([]);

        /**
         * Parameters visibleBias.
         * @member {Uint8Array} visibleBias
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.visibleBias = $util.newBuffer([]);

        /**
         * Parameters hiddenBias.
         * @member {Uint8Array} hiddenBias
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.hiddenBias = $util.newBuffer([]);

        /**
         * Parameters values.
         * @member {Uint8Array|null|undefined} values
         * @memberof ebm.Parameters
         * @instance
         */
        Parameters.prototype.values = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Parameters.prototype, "_values", {
            get: $util.oneOfGetter($oneOfFields = ["values"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Parameters message. Does not implicitly {@link ebm.Parameters.verify|verify} messages.
         * @function encode
         * @memberof ebm.Parameters
         * @static
         * @param {ebm.Parameters.$Properties} message Parameters message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Parameters.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                $root.ebm.ParametersName.encode(message.name, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.weights != null && $Object.hasOwnProperty.call(message, "weights") && message.weights.length)
                writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.weights);
            if (message.visibleBias != null && $Object.hasOwnProperty.call(message, "visibleBias") && message.visibleBias.length)
                writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.visibleBias);
            if (message.hiddenBias != null && $Object.hasOwnProperty.call(message, "hiddenBias") && message.hiddenBias.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.hiddenBias);
            if (message.values != null && $Object.hasOwnProperty.call(message, "values"))
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.values);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Parameters message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Parameters
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Parameters & ebm.Parameters.$Shape} Parameters
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Parameters.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Parameters();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.name = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.weights = value;
                        else
                            delete message.weights;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.visibleBias = value;
                        else
                            delete message.visibleBias;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hiddenBias = value;
                        else
                            delete message.hiddenBias;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.values = reader.bytes();
                        message._values = "values";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Parameters;
    })();

    ebm.ParametersMissing = (function() {

        /**
         * Properties of a ParametersMissing.
         * @typedef {Object} ebm.ParametersMissing.$Properties
         * @property {number|null} [epoch] ParametersMissing epoch
         * @property {ebm.ParametersName.$Properties|null} [name] ParametersMissing name
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ParametersMissing.
         * @memberof ebm
         * @interface IParametersMissing
         * @augments ebm.ParametersMissing.$Properties
         * @deprecated Use ebm.ParametersMissing.$Properties instead.
         */

        /**
         * Shape of a ParametersMissing.
         * @typedef {ebm.ParametersMissing.$Properties} ebm.ParametersMissing.$Shape
         */

        /**
         * Constructs a new ParametersMissing.
         * @memberof ebm
         * @classdesc Represents a ParametersMissing.
         * @constructor
         * @param {ebm.ParametersMissing.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ParametersMissing = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ParametersMissing epoch.
         * @member {number} epoch
         * @memberof ebm.ParametersMissing
         * @instance
         */
        ParametersMissing.prototype.epoch = 0;

        /**
         * ParametersMissing name.
         * @member {ebm.ParametersName.$Properties|null|undefined} name
         * @memberof ebm.ParametersMissing
         * @instance
         */
        ParametersMissing.prototype.name = null;

        /**
         * Encodes the specified ParametersMissing message. Does not implicitly {@link ebm.ParametersMissing.verify|verify} messages.
         * @function encode
         * @memberof ebm.ParametersMissing
         * @static
         * @param {ebm.ParametersMissing.$Properties} message ParametersMissing message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ParametersMissing.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                $root.ebm.ParametersName.encode(message.name, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ParametersMissing message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.ParametersMissing
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.ParametersMissing & ebm.ParametersMissing.$Shape} ParametersMissing
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ParametersMissing.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.ParametersMissing();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.name = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.name);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ParametersMissing;
    })();

    ebm.Start = (function() {

        /**
         * Properties of a Start.
         * @typedef {Object} ebm.Start.$Properties
         * @property {number|null} [branch] Start branch
         * @property {number|null} [version] Start version
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Start.
         * @memberof ebm
         * @interface IStart
         * @augments ebm.Start.$Properties
         * @deprecated Use ebm.Start.$Properties instead.
         */

        /**
         * Shape of a Start.
         * @typedef {ebm.Start.$Properties} ebm.Start.$Shape
         */

        /**
         * Constructs a new Start.
         * @memberof ebm
         * @classdesc Represents a Start.
         * @constructor
         * @param {ebm.Start.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Start = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Start branch.
         * @member {number} branch
         * @memberof ebm.Start
         * @instance
         */
        Start.prototype.branch = 0;

        /**
         * Start version.
         * @member {number} version
         * @memberof ebm.Start
         * @instance
         */
        Start.prototype.version = 0;

        /**
         * Encodes the specified Start message. Does not implicitly {@link ebm.Start.verify|verify} messages.
         * @function encode
         * @memberof ebm.Start
         * @static
         * @param {ebm.Start.$Properties} message Start message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Start.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.branch);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Start message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Start
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Start & ebm.Start.$Shape} Start
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Start.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Start();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Start;
    })();

    ebm.Welcome = (function() {

        /**
         * Properties of a Welcome.
         * @typedef {Object} ebm.Welcome.$Properties
         * @property {number|null} [epoch] Welcome epoch
         * @property {string|null} [job] Welcome job
         * @property {ebm.Start.$Properties|null} [start] Welcome start
         * @property {number|null} [heartbeatMs] Welcome heartbeatMs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Welcome.
         * @memberof ebm
         * @interface IWelcome
         * @augments ebm.Welcome.$Properties
         * @deprecated Use ebm.Welcome.$Properties instead.
         */

        /**
         * Shape of a Welcome.
         * @typedef {ebm.Welcome.$Properties} ebm.Welcome.$Shape
         */

        /**
         * Constructs a new Welcome.
         * @memberof ebm
         * @classdesc Represents a Welcome.
         * @constructor
         * @param {ebm.Welcome.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Welcome = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Welcome epoch.
         * @member {number} epoch
         * @memberof ebm.Welcome
         * @instance
         */
        Welcome.prototype.epoch = 0;

        /**
         * Welcome job.
         * @member {string} job
         * @memberof ebm.Welcome
         * @instance
         */
        Welcome.prototype.job = "";

        /**
         * Welcome start.
         * @member {ebm.Start.$Properties|null|undefined} start
         * @memberof ebm.Welcome
         * @instance
         */
        Welcome.prototype.start = null;

        /**
         * Welcome heartbeatMs.
         * @member {number} heartbeatMs
         * @memberof ebm.Welcome
         * @instance
         */
        Welcome.prototype.heartbeatMs = 0;

        /**
         * Encodes the specified Welcome message. Does not implicitly {@link ebm.Welcome.verify|verify} messages.
         * @function encode
         * @memberof ebm.Welcome
         * @static
         * @param {ebm.Welcome.$Properties} message Welcome message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Welcome.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.job != null && $Object.hasOwnProperty.call(message, "job") && message.job !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.job);
            if (message.start != null && $Object.hasOwnProperty.call(message, "start"))
                $root.ebm.Start.encode(message.start, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs") && message.heartbeatMs !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.heartbeatMs);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Welcome message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Welcome
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Welcome & ebm.Welcome.$Shape} Welcome
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Welcome.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Welcome();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.job = value;
                        else
                            delete message.job;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.start = $root.ebm.Start.decode(reader, reader.size(), $undefined, _depth + 1, message.start);
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.heartbeatMs = value;
                        else
                            delete message.heartbeatMs;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Welcome;
    })();

    ebm.Refused = (function() {

        /**
         * Properties of a Refused.
         * @typedef {Object} ebm.Refused.$Properties
         * @property {number|null} [epoch] Refused epoch
         * @property {number|null} [code] Refused code
         * @property {string|null} [text] Refused text
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Refused.
         * @memberof ebm
         * @interface IRefused
         * @augments ebm.Refused.$Properties
         * @deprecated Use ebm.Refused.$Properties instead.
         */

        /**
         * Shape of a Refused.
         * @typedef {ebm.Refused.$Properties} ebm.Refused.$Shape
         */

        /**
         * Constructs a new Refused.
         * @memberof ebm
         * @classdesc Represents a Refused.
         * @constructor
         * @param {ebm.Refused.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Refused = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Refused epoch.
         * @member {number} epoch
         * @memberof ebm.Refused
         * @instance
         */
        Refused.prototype.epoch = 0;

        /**
         * Refused code.
         * @member {number} code
         * @memberof ebm.Refused
         * @instance
         */
        Refused.prototype.code = 0;

        /**
         * Refused text.
         * @member {string} text
         * @memberof ebm.Refused
         * @instance
         */
        Refused.prototype.text = "";

        /**
         * Encodes the specified Refused message. Does not implicitly {@link ebm.Refused.verify|verify} messages.
         * @function encode
         * @memberof ebm.Refused
         * @static
         * @param {ebm.Refused.$Properties} message Refused message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Refused.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.code);
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.text);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Refused message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Refused
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Refused & ebm.Refused.$Shape} Refused
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Refused.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Refused();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Refused;
    })();

    ebm.Fence = (function() {

        /**
         * Properties of a Fence.
         * @typedef {Object} ebm.Fence.$Properties
         * @property {number|null} [epoch] Fence epoch
         * @property {ebm.Start.$Properties|null} [start] Fence start
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Fence.
         * @memberof ebm
         * @interface IFence
         * @augments ebm.Fence.$Properties
         * @deprecated Use ebm.Fence.$Properties instead.
         */

        /**
         * Shape of a Fence.
         * @typedef {ebm.Fence.$Properties} ebm.Fence.$Shape
         */

        /**
         * Constructs a new Fence.
         * @memberof ebm
         * @classdesc Represents a Fence.
         * @constructor
         * @param {ebm.Fence.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Fence = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Fence epoch.
         * @member {number} epoch
         * @memberof ebm.Fence
         * @instance
         */
        Fence.prototype.epoch = 0;

        /**
         * Fence start.
         * @member {ebm.Start.$Properties|null|undefined} start
         * @memberof ebm.Fence
         * @instance
         */
        Fence.prototype.start = null;

        /**
         * Encodes the specified Fence message. Does not implicitly {@link ebm.Fence.verify|verify} messages.
         * @function encode
         * @memberof ebm.Fence
         * @static
         * @param {ebm.Fence.$Properties} message Fence message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Fence.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.start != null && $Object.hasOwnProperty.call(message, "start"))
                $root.ebm.Start.encode(message.start, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Fence message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Fence
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Fence & ebm.Fence.$Shape} Fence
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Fence.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Fence();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.start = $root.ebm.Start.decode(reader, reader.size(), $undefined, _depth + 1, message.start);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Fence;
    })();

    ebm.Drain = (function() {

        /**
         * Properties of a Drain.
         * @typedef {Object} ebm.Drain.$Properties
         * @property {number|null} [epoch] Drain epoch
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Drain.
         * @memberof ebm
         * @interface IDrain
         * @augments ebm.Drain.$Properties
         * @deprecated Use ebm.Drain.$Properties instead.
         */

        /**
         * Shape of a Drain.
         * @typedef {ebm.Drain.$Properties} ebm.Drain.$Shape
         */

        /**
         * Constructs a new Drain.
         * @memberof ebm
         * @classdesc Represents a Drain.
         * @constructor
         * @param {ebm.Drain.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Drain = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Drain epoch.
         * @member {number} epoch
         * @memberof ebm.Drain
         * @instance
         */
        Drain.prototype.epoch = 0;

        /**
         * Encodes the specified Drain message. Does not implicitly {@link ebm.Drain.verify|verify} messages.
         * @function encode
         * @memberof ebm.Drain
         * @static
         * @param {ebm.Drain.$Properties} message Drain message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Drain.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Drain message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Drain
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Drain & ebm.Drain.$Shape} Drain
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Drain.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Drain();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Drain;
    })();

    ebm.Cancel = (function() {

        /**
         * Properties of a Cancel.
         * @typedef {Object} ebm.Cancel.$Properties
         * @property {number|null} [epoch] Cancel epoch
         * @property {number|null} [lease] Cancel lease
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Cancel.
         * @memberof ebm
         * @interface ICancel
         * @augments ebm.Cancel.$Properties
         * @deprecated Use ebm.Cancel.$Properties instead.
         */

        /**
         * Shape of a Cancel.
         * @typedef {ebm.Cancel.$Properties} ebm.Cancel.$Shape
         */

        /**
         * Constructs a new Cancel.
         * @memberof ebm
         * @classdesc Represents a Cancel.
         * @constructor
         * @param {ebm.Cancel.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Cancel = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Cancel epoch.
         * @member {number} epoch
         * @memberof ebm.Cancel
         * @instance
         */
        Cancel.prototype.epoch = 0;

        /**
         * Cancel lease.
         * @member {number} lease
         * @memberof ebm.Cancel
         * @instance
         */
        Cancel.prototype.lease = 0;

        /**
         * Encodes the specified Cancel message. Does not implicitly {@link ebm.Cancel.verify|verify} messages.
         * @function encode
         * @memberof ebm.Cancel
         * @static
         * @param {ebm.Cancel.$Properties} message Cancel message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Cancel.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && message.lease !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.lease);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Cancel message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Cancel
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Cancel & ebm.Cancel.$Shape} Cancel
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Cancel.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Cancel();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Cancel;
    })();

    ebm.Lease = (function() {

        /**
         * Properties of a Lease.
         * @typedef {Object} ebm.Lease.$Properties
         * @property {number|null} [epoch] Lease epoch
         * @property {number|null} [lease] Lease lease
         * @property {number|null} [termMs] Lease termMs
         * @property {ebm.UpdateUnit.$Properties|null} [update] Lease update
         * @property {ebm.SampleUnit.$Properties|null} [sample] Lease sample
         * @property {ebm.LogPartitionUnit.$Properties|null} [logPartition] Lease logPartition
         * @property {ebm.EvaluateUnit.$Properties|null} [evaluate] Lease evaluate
         * @property {ebm.ExactUnit.$Properties|null} [exact] Lease exact
         * @property {"update"|"sample"|"logPartition"|"evaluate"|"exact"} [unit] Lease unit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Lease.
         * @memberof ebm
         * @interface ILease
         * @augments ebm.Lease.$Properties
         * @deprecated Use ebm.Lease.$Properties instead.
         */

        /**
         * Narrowed shape of a Lease.
         * @typedef {{
         *   epoch?: number|null;
         *   lease?: number|null;
         *   termMs?: number|null;
         *   update?: ebm.UpdateUnit.$Shape|null;
         *   sample?: ebm.SampleUnit.$Shape|null;
         *   logPartition?: ebm.LogPartitionUnit.$Shape|null;
         *   evaluate?: ebm.EvaluateUnit.$Shape|null;
         *   exact?: ebm.ExactUnit.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ unit?: undefined; update?: null; sample?: null; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "update"; update: ebm.UpdateUnit.$Shape; sample?: null; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "sample"; update?: null; sample: ebm.SampleUnit.$Shape; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "logPartition"; update?: null; sample?: null; logPartition: ebm.LogPartitionUnit.$Shape; evaluate?: null; exact?: null }|{ unit?: "evaluate"; update?: null; sample?: null; logPartition?: null; evaluate: ebm.EvaluateUnit.$Shape; exact?: null }|{ unit?: "exact"; update?: null; sample?: null; logPartition?: null; evaluate?: null; exact: ebm.ExactUnit.$Shape })
         * )} ebm.Lease.$Shape
         */

        /**
         * Constructs a new Lease.
         * @memberof ebm
         * @classdesc Represents a Lease.
         * @constructor
         * @param {ebm.Lease.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Lease = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Lease epoch.
         * @member {number} epoch
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.epoch = 0;

        /**
         * Lease lease.
         * @member {number} lease
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.lease = 0;

        /**
         * Lease termMs.
         * @member {number} termMs
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.termMs = 0;

        /**
         * Lease update.
         * @member {ebm.UpdateUnit.$Properties|null|undefined} update
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.update = null;

        /**
         * Lease sample.
         * @member {ebm.SampleUnit.$Properties|null|undefined} sample
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.sample = null;

        /**
         * Lease logPartition.
         * @member {ebm.LogPartitionUnit.$Properties|null|undefined} logPartition
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.logPartition = null;

        /**
         * Lease evaluate.
         * @member {ebm.EvaluateUnit.$Properties|null|undefined} evaluate
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.evaluate = null;

        /**
         * Lease exact.
         * @member {ebm.ExactUnit.$Properties|null|undefined} exact
         * @memberof ebm.Lease
         * @instance
         */
        Lease.prototype.exact = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Lease unit.
         * @member {"update"|"sample"|"logPartition"|"evaluate"|"exact"|undefined} unit
         * @memberof ebm.Lease
         * @instance
         */
        $Object.defineProperty(Lease.prototype, "unit", {
            get: $util.oneOfGetter($oneOfFields = ["update", "sample", "logPartition", "evaluate", "exact"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified Lease message. Does not implicitly {@link ebm.Lease.verify|verify} messages.
         * @function encode
         * @memberof ebm.Lease
         * @static
         * @param {ebm.Lease.$Properties} message Lease message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Lease.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.epoch);
            if (message.lease != null && $Object.hasOwnProperty.call(message, "lease") && message.lease !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.lease);
            if (message.termMs != null && $Object.hasOwnProperty.call(message, "termMs") && message.termMs !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.termMs);
            if (message.update != null && $Object.hasOwnProperty.call(message, "update"))
                $root.ebm.UpdateUnit.encode(message.update, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.sample != null && $Object.hasOwnProperty.call(message, "sample"))
                $root.ebm.SampleUnit.encode(message.sample, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.logPartition != null && $Object.hasOwnProperty.call(message, "logPartition"))
                $root.ebm.LogPartitionUnit.encode(message.logPartition, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.evaluate != null && $Object.hasOwnProperty.call(message, "evaluate"))
                $root.ebm.EvaluateUnit.encode(message.evaluate, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.exact != null && $Object.hasOwnProperty.call(message, "exact"))
                $root.ebm.ExactUnit.encode(message.exact, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Lease message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Lease
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Lease & ebm.Lease.$Shape} Lease
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Lease.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Lease();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.lease = value;
                        else
                            delete message.lease;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.termMs = value;
                        else
                            delete message.termMs;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.update = $root.ebm.UpdateUnit.decode(reader, reader.size(), $undefined, _depth + 1, message.update);
                        message.unit = "update";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.sample = $root.ebm.SampleUnit.decode(reader, reader.size(), $undefined, _depth + 1, message.sample);
                        message.unit = "sample";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.logPartition = $root.ebm.LogPartitionUnit.decode(reader, reader.size(), $undefined, _depth + 1, message.logPartition);
                        message.unit = "logPartition";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.evaluate = $root.ebm.EvaluateUnit.decode(reader, reader.size(), $undefined, _depth + 1, message.evaluate);
                        message.unit = "evaluate";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.exact = $root.ebm.ExactUnit.decode(reader, reader.size(), $undefined, _depth + 1, message.exact);
                        message.unit = "exact";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Lease;
    })();

    ebm.UpdateUnit = (function() {

        /**
         * Properties of an UpdateUnit.
         * @typedef {Object} ebm.UpdateUnit.$Properties
         * @property {number|null} [branch] UpdateUnit branch
         * @property {number|null} [update] UpdateUnit update
         * @property {ebm.ParametersName.$Properties|null} [parameters] UpdateUnit parameters
         * @property {ebm.Range.$Properties|null} [data] UpdateUnit data
         * @property {ebm.Range.$Properties|null} [chains] UpdateUnit chains
         * @property {Uint8Array|null} [states] UpdateUnit states
         * @property {boolean|null} [factors] UpdateUnit factors
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an UpdateUnit.
         * @memberof ebm
         * @interface IUpdateUnit
         * @augments ebm.UpdateUnit.$Properties
         * @deprecated Use ebm.UpdateUnit.$Properties instead.
         */

        /**
         * Shape of an UpdateUnit.
         * @typedef {ebm.UpdateUnit.$Properties} ebm.UpdateUnit.$Shape
         */

        /**
         * Constructs a new UpdateUnit.
         * @memberof ebm
         * @classdesc Represents an UpdateUnit.
         * @constructor
         * @param {ebm.UpdateUnit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UpdateUnit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UpdateUnit branch.
         * @member {number} branch
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.branch = 0;

        /**
         * UpdateUnit update.
         * @member {number} update
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.update = 0;

        /**
         * UpdateUnit parameters.
         * @member {ebm.ParametersName.$Properties|null|undefined} parameters
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.parameters = null;

        /**
         * UpdateUnit data.
         * @member {ebm.Range.$Properties|null|undefined} data
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.data = null;

        /**
         * UpdateUnit chains.
         * @member {ebm.Range.$Properties|null|undefined} chains
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.chains = null;

        /**
         * UpdateUnit states.
         * @member {Uint8Array|null|undefined} states
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.states = null;

        /**
         * UpdateUnit factors.
         * @member {boolean} factors
         * @memberof ebm.UpdateUnit
         * @instance
         */
        UpdateUnit.prototype.factors = false;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(UpdateUnit.prototype, "_states", {
            get: $util.oneOfGetter($oneOfFields = ["states"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified UpdateUnit message. Does not implicitly {@link ebm.UpdateUnit.verify|verify} messages.
         * @function encode
         * @memberof ebm.UpdateUnit
         * @static
         * @param {ebm.UpdateUnit.$Properties} message UpdateUnit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UpdateUnit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.branch);
            if (message.update != null && $Object.hasOwnProperty.call(message, "update") && message.update !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.update);
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.ParametersName.encode(message.parameters, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                $root.ebm.Range.encode(message.data, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.chains != null && $Object.hasOwnProperty.call(message, "chains"))
                $root.ebm.Range.encode(message.chains, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.states != null && $Object.hasOwnProperty.call(message, "states"))
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.states);
            if (message.factors != null && $Object.hasOwnProperty.call(message, "factors") && message.factors !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.factors);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an UpdateUnit message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.UpdateUnit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.UpdateUnit & ebm.UpdateUnit.$Shape} UpdateUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UpdateUnit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.UpdateUnit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.update = value;
                        else
                            delete message.update;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.data = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.data);
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.chains = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.chains);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.states = reader.bytes();
                        message._states = "states";
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.factors = value;
                        else
                            delete message.factors;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return UpdateUnit;
    })();

    ebm.SampleUnit = (function() {

        /**
         * Properties of a SampleUnit.
         * @typedef {Object} ebm.SampleUnit.$Properties
         * @property {ebm.ParametersName.$Properties|null} [parameters] SampleUnit parameters
         * @property {number|null} [purpose] SampleUnit purpose
         * @property {number|null} [branch] SampleUnit branch
         * @property {number|null} [word3] SampleUnit word3
         * @property {ebm.Range.$Properties|null} [chains] SampleUnit chains
         * @property {Uint8Array|null} [states] SampleUnit states
         * @property {number|null} [steps] SampleUnit steps
         * @property {number|null} [firstHalfStep] SampleUnit firstHalfStep
         * @property {ebm.Clamp.$Properties|null} [clamp] SampleUnit clamp
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a SampleUnit.
         * @memberof ebm
         * @interface ISampleUnit
         * @augments ebm.SampleUnit.$Properties
         * @deprecated Use ebm.SampleUnit.$Properties instead.
         */

        /**
         * Shape of a SampleUnit.
         * @typedef {ebm.SampleUnit.$Properties} ebm.SampleUnit.$Shape
         */

        /**
         * Constructs a new SampleUnit.
         * @memberof ebm
         * @classdesc Represents a SampleUnit.
         * @constructor
         * @param {ebm.SampleUnit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const SampleUnit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * SampleUnit parameters.
         * @member {ebm.ParametersName.$Properties|null|undefined} parameters
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.parameters = null;

        /**
         * SampleUnit purpose.
         * @member {number} purpose
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.purpose = 0;

        /**
         * SampleUnit branch.
         * @member {number} branch
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.branch = 0;

        /**
         * SampleUnit word3.
         * @member {number} word3
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.word3 = 0;

        /**
         * SampleUnit chains.
         * @member {ebm.Range.$Properties|null|undefined} chains
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.chains = null;

        /**
         * SampleUnit states.
         * @member {Uint8Array} states
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.states = $util.newBuffer([]);

        /**
         * SampleUnit steps.
         * @member {number} steps
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.steps = 0;

        /**
         * SampleUnit firstHalfStep.
         * @member {number} firstHalfStep
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.firstHalfStep = 0;

        /**
         * SampleUnit clamp.
         * @member {ebm.Clamp.$Properties|null|undefined} clamp
         * @memberof ebm.SampleUnit
         * @instance
         */
        SampleUnit.prototype.clamp = null;

        /**
         * Encodes the specified SampleUnit message. Does not implicitly {@link ebm.SampleUnit.verify|verify} messages.
         * @function encode
         * @memberof ebm.SampleUnit
         * @static
         * @param {ebm.SampleUnit.$Properties} message SampleUnit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        SampleUnit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.ParametersName.encode(message.parameters, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.purpose != null && $Object.hasOwnProperty.call(message, "purpose") && message.purpose !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.purpose);
            if (message.branch != null && $Object.hasOwnProperty.call(message, "branch") && message.branch !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.branch);
            if (message.word3 != null && $Object.hasOwnProperty.call(message, "word3") && message.word3 !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.word3);
            if (message.chains != null && $Object.hasOwnProperty.call(message, "chains"))
                $root.ebm.Range.encode(message.chains, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.states != null && $Object.hasOwnProperty.call(message, "states") && message.states.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.states);
            if (message.steps != null && $Object.hasOwnProperty.call(message, "steps") && message.steps !== 0)
                writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.steps);
            if (message.firstHalfStep != null && $Object.hasOwnProperty.call(message, "firstHalfStep") && message.firstHalfStep !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.firstHalfStep);
            if (message.clamp != null && $Object.hasOwnProperty.call(message, "clamp"))
                $root.ebm.Clamp.encode(message.clamp, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a SampleUnit message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.SampleUnit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.SampleUnit & ebm.SampleUnit.$Shape} SampleUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        SampleUnit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.SampleUnit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.purpose = value;
                        else
                            delete message.purpose;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.branch = value;
                        else
                            delete message.branch;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.word3 = value;
                        else
                            delete message.word3;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.chains = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.chains);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.states = value;
                        else
                            delete message.states;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.steps = value;
                        else
                            delete message.steps;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.firstHalfStep = value;
                        else
                            delete message.firstHalfStep;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.clamp = $root.ebm.Clamp.decode(reader, reader.size(), $undefined, _depth + 1, message.clamp);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return SampleUnit;
    })();

    ebm.Clamp = (function() {

        /**
         * Properties of a Clamp.
         * @typedef {Object} ebm.Clamp.$Properties
         * @property {Uint8Array|null} [mask] Clamp mask
         * @property {Uint8Array|null} [values] Clamp values
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Clamp.
         * @memberof ebm
         * @interface IClamp
         * @augments ebm.Clamp.$Properties
         * @deprecated Use ebm.Clamp.$Properties instead.
         */

        /**
         * Shape of a Clamp.
         * @typedef {ebm.Clamp.$Properties} ebm.Clamp.$Shape
         */

        /**
         * Constructs a new Clamp.
         * @memberof ebm
         * @classdesc Represents a Clamp.
         * @constructor
         * @param {ebm.Clamp.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Clamp = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Clamp mask.
         * @member {Uint8Array} mask
         * @memberof ebm.Clamp
         * @instance
         */
        Clamp.prototype.mask = $util.newBuffer([]);

        /**
         * Clamp values.
         * @member {Uint8Array} values
         * @memberof ebm.Clamp
         * @instance
         */
        Clamp.prototype.values = $util.newBuffer([]);

        /**
         * Encodes the specified Clamp message. Does not implicitly {@link ebm.Clamp.verify|verify} messages.
         * @function encode
         * @memberof ebm.Clamp
         * @static
         * @param {ebm.Clamp.$Properties} message Clamp message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Clamp.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.mask != null && $Object.hasOwnProperty.call(message, "mask") && message.mask.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.mask);
            if (message.values != null && $Object.hasOwnProperty.call(message, "values") && message.values.length)
                writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.values);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Clamp message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.Clamp
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.Clamp & ebm.Clamp.$Shape} Clamp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Clamp.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.Clamp();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.mask = value;
                        else
                            delete message.mask;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.values = value;
                        else
                            delete message.values;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Clamp;
    })();

    ebm.LogPartitionUnit = (function() {

        /**
         * Properties of a LogPartitionUnit.
         * @typedef {Object} ebm.LogPartitionUnit.$Properties
         * @property {ebm.ParametersName.$Properties|null} [parameters] LogPartitionUnit parameters
         * @property {number|null} [method] LogPartitionUnit method
         * @property {ebm.Range.$Properties|null} [runs] LogPartitionUnit runs
         * @property {number|null} [betas] LogPartitionUnit betas
         * @property {Uint8Array|null} [baseBias] LogPartitionUnit baseBias
         * @property {Uint8Array|null} [starts] LogPartitionUnit starts
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LogPartitionUnit.
         * @memberof ebm
         * @interface ILogPartitionUnit
         * @augments ebm.LogPartitionUnit.$Properties
         * @deprecated Use ebm.LogPartitionUnit.$Properties instead.
         */

        /**
         * Shape of a LogPartitionUnit.
         * @typedef {ebm.LogPartitionUnit.$Properties} ebm.LogPartitionUnit.$Shape
         */

        /**
         * Constructs a new LogPartitionUnit.
         * @memberof ebm
         * @classdesc Represents a LogPartitionUnit.
         * @constructor
         * @param {ebm.LogPartitionUnit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LogPartitionUnit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LogPartitionUnit parameters.
         * @member {ebm.ParametersName.$Properties|null|undefined} parameters
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.parameters = null;

        /**
         * LogPartitionUnit method.
         * @member {number} method
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.method = 0;

        /**
         * LogPartitionUnit runs.
         * @member {ebm.Range.$Properties|null|undefined} runs
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.runs = null;

        /**
         * LogPartitionUnit betas.
         * @member {number} betas
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.betas = 0;

        /**
         * LogPartitionUnit baseBias.
         * @member {Uint8Array} baseBias
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.baseBias = $util.newBuffer([]);

        /**
         * LogPartitionUnit starts.
         * @member {Uint8Array|null|undefined} starts
         * @memberof ebm.LogPartitionUnit
         * @instance
         */
        LogPartitionUnit.prototype.starts = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(LogPartitionUnit.prototype, "_starts", {
            get: $util.oneOfGetter($oneOfFields = ["starts"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Encodes the specified LogPartitionUnit message. Does not implicitly {@link ebm.LogPartitionUnit.verify|verify} messages.
         * @function encode
         * @memberof ebm.LogPartitionUnit
         * @static
         * @param {ebm.LogPartitionUnit.$Properties} message LogPartitionUnit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LogPartitionUnit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.ParametersName.encode(message.parameters, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.method != null && $Object.hasOwnProperty.call(message, "method") && message.method !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.method);
            if (message.runs != null && $Object.hasOwnProperty.call(message, "runs"))
                $root.ebm.Range.encode(message.runs, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.betas != null && $Object.hasOwnProperty.call(message, "betas") && message.betas !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.betas);
            if (message.baseBias != null && $Object.hasOwnProperty.call(message, "baseBias") && message.baseBias.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.baseBias);
            if (message.starts != null && $Object.hasOwnProperty.call(message, "starts"))
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.starts);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LogPartitionUnit message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.LogPartitionUnit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.LogPartitionUnit & ebm.LogPartitionUnit.$Shape} LogPartitionUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LogPartitionUnit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.LogPartitionUnit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.method = value;
                        else
                            delete message.method;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.runs = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.runs);
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.betas = value;
                        else
                            delete message.betas;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.baseBias = value;
                        else
                            delete message.baseBias;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.starts = reader.bytes();
                        message._starts = "starts";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return LogPartitionUnit;
    })();

    ebm.EvaluateUnit = (function() {

        /**
         * Properties of an EvaluateUnit.
         * @typedef {Object} ebm.EvaluateUnit.$Properties
         * @property {ebm.ParametersName.$Properties|null} [parameters] EvaluateUnit parameters
         * @property {number|null} [set] EvaluateUnit set
         * @property {ebm.Range.$Properties|null} [rows] EvaluateUnit rows
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an EvaluateUnit.
         * @memberof ebm
         * @interface IEvaluateUnit
         * @augments ebm.EvaluateUnit.$Properties
         * @deprecated Use ebm.EvaluateUnit.$Properties instead.
         */

        /**
         * Shape of an EvaluateUnit.
         * @typedef {ebm.EvaluateUnit.$Properties} ebm.EvaluateUnit.$Shape
         */

        /**
         * Constructs a new EvaluateUnit.
         * @memberof ebm
         * @classdesc Represents an EvaluateUnit.
         * @constructor
         * @param {ebm.EvaluateUnit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const EvaluateUnit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * EvaluateUnit parameters.
         * @member {ebm.ParametersName.$Properties|null|undefined} parameters
         * @memberof ebm.EvaluateUnit
         * @instance
         */
        EvaluateUnit.prototype.parameters = null;

        /**
         * EvaluateUnit set.
         * @member {number} set
         * @memberof ebm.EvaluateUnit
         * @instance
         */
        EvaluateUnit.prototype.set = 0;

        /**
         * EvaluateUnit rows.
         * @member {ebm.Range.$Properties|null|undefined} rows
         * @memberof ebm.EvaluateUnit
         * @instance
         */
        EvaluateUnit.prototype.rows = null;

        /**
         * Encodes the specified EvaluateUnit message. Does not implicitly {@link ebm.EvaluateUnit.verify|verify} messages.
         * @function encode
         * @memberof ebm.EvaluateUnit
         * @static
         * @param {ebm.EvaluateUnit.$Properties} message EvaluateUnit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        EvaluateUnit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.ParametersName.encode(message.parameters, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.set != null && $Object.hasOwnProperty.call(message, "set") && message.set !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.set);
            if (message.rows != null && $Object.hasOwnProperty.call(message, "rows"))
                $root.ebm.Range.encode(message.rows, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an EvaluateUnit message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.EvaluateUnit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.EvaluateUnit & ebm.EvaluateUnit.$Shape} EvaluateUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        EvaluateUnit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.EvaluateUnit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.set = value;
                        else
                            delete message.set;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.rows = $root.ebm.Range.decode(reader, reader.size(), $undefined, _depth + 1, message.rows);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return EvaluateUnit;
    })();

    ebm.ExactUnit = (function() {

        /**
         * Properties of an ExactUnit.
         * @typedef {Object} ebm.ExactUnit.$Properties
         * @property {ebm.ParametersName.$Properties|null} [parameters] ExactUnit parameters
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ExactUnit.
         * @memberof ebm
         * @interface IExactUnit
         * @augments ebm.ExactUnit.$Properties
         * @deprecated Use ebm.ExactUnit.$Properties instead.
         */

        /**
         * Shape of an ExactUnit.
         * @typedef {ebm.ExactUnit.$Properties} ebm.ExactUnit.$Shape
         */

        /**
         * Constructs a new ExactUnit.
         * @memberof ebm
         * @classdesc Represents an ExactUnit.
         * @constructor
         * @param {ebm.ExactUnit.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const ExactUnit = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ExactUnit parameters.
         * @member {ebm.ParametersName.$Properties|null|undefined} parameters
         * @memberof ebm.ExactUnit
         * @instance
         */
        ExactUnit.prototype.parameters = null;

        /**
         * Encodes the specified ExactUnit message. Does not implicitly {@link ebm.ExactUnit.verify|verify} messages.
         * @function encode
         * @memberof ebm.ExactUnit
         * @static
         * @param {ebm.ExactUnit.$Properties} message ExactUnit message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ExactUnit.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                $root.ebm.ParametersName.encode(message.parameters, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ExactUnit message from the specified reader or buffer.
         * @function decode
         * @memberof ebm.ExactUnit
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {ebm.ExactUnit & ebm.ExactUnit.$Shape} ExactUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ExactUnit.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.ebm.ExactUnit();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.parameters = $root.ebm.ParametersName.decode(reader, reader.size(), $undefined, _depth + 1, message.parameters);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ExactUnit;
    })();

    return ebm;
})();

export {
  $root as default
};
