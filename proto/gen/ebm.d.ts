import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace ebm. */
export namespace ebm {

    /**
     * Properties of a Frame.
     * @deprecated Use ebm.Frame.$Properties instead.
     */
    interface IFrame extends ebm.Frame.$Properties {
    }

    /** Represents a Frame. */
    class Frame {

        /**
         * Constructs a new Frame.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Frame.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Frame format. */
        format: number;

        /** Frame join. */
        join?: (ebm.Join.$Properties|null);

        /** Frame request. */
        request?: (ebm.Request.$Properties|null);

        /** Frame contribution. */
        contribution?: (ebm.Contribution.$Properties|null);

        /** Frame result. */
        result?: (ebm.Result.$Properties|null);

        /** Frame failed. */
        failed?: (ebm.Failed.$Properties|null);

        /** Frame renew. */
        renew?: (ebm.Renew.$Properties|null);

        /** Frame leave. */
        leave?: (ebm.Leave.$Properties|null);

        /** Frame parametersRequest. */
        parametersRequest?: (ebm.ParametersRequest.$Properties|null);

        /** Frame welcome. */
        welcome?: (ebm.Welcome.$Properties|null);

        /** Frame refused. */
        refused?: (ebm.Refused.$Properties|null);

        /** Frame lease. */
        lease?: (ebm.Lease.$Properties|null);

        /** Frame fence. */
        fence?: (ebm.Fence.$Properties|null);

        /** Frame parameters. */
        parameters?: (ebm.Parameters.$Properties|null);

        /** Frame parametersMissing. */
        parametersMissing?: (ebm.ParametersMissing.$Properties|null);

        /** Frame drain. */
        drain?: (ebm.Drain.$Properties|null);

        /** Frame cancel. */
        cancel?: (ebm.Cancel.$Properties|null);

        /** Frame parametersDifference. */
        parametersDifference?: (ebm.ParametersDifference.$Properties|null);

        /** Frame message. */
        message?: ("join"|"request"|"contribution"|"result"|"failed"|"renew"|"leave"|"parametersRequest"|"welcome"|"refused"|"lease"|"fence"|"parameters"|"parametersMissing"|"drain"|"cancel"|"parametersDifference");

        /**
         * Encodes the specified Frame message. Does not implicitly {@link ebm.Frame.verify|verify} messages.
         * @param message Frame message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Frame message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Frame & ebm.Frame.$Shape} Frame
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Frame & ebm.Frame.$Shape;
    }

    namespace Frame {

        /** Properties of a Frame. */
        interface $Properties {

            /** Frame format */
            format?: (number|null);

            /** Frame join */
            join?: (ebm.Join.$Properties|null);

            /** Frame request */
            request?: (ebm.Request.$Properties|null);

            /** Frame contribution */
            contribution?: (ebm.Contribution.$Properties|null);

            /** Frame result */
            result?: (ebm.Result.$Properties|null);

            /** Frame failed */
            failed?: (ebm.Failed.$Properties|null);

            /** Frame renew */
            renew?: (ebm.Renew.$Properties|null);

            /** Frame leave */
            leave?: (ebm.Leave.$Properties|null);

            /** Frame parametersRequest */
            parametersRequest?: (ebm.ParametersRequest.$Properties|null);

            /** Frame welcome */
            welcome?: (ebm.Welcome.$Properties|null);

            /** Frame refused */
            refused?: (ebm.Refused.$Properties|null);

            /** Frame lease */
            lease?: (ebm.Lease.$Properties|null);

            /** Frame fence */
            fence?: (ebm.Fence.$Properties|null);

            /** Frame parameters */
            parameters?: (ebm.Parameters.$Properties|null);

            /** Frame parametersMissing */
            parametersMissing?: (ebm.ParametersMissing.$Properties|null);

            /** Frame drain */
            drain?: (ebm.Drain.$Properties|null);

            /** Frame cancel */
            cancel?: (ebm.Cancel.$Properties|null);

            /** Frame parametersDifference */
            parametersDifference?: (ebm.ParametersDifference.$Properties|null);

            /** Frame message */
            message?: ("join"|"request"|"contribution"|"result"|"failed"|"renew"|"leave"|"parametersRequest"|"welcome"|"refused"|"lease"|"fence"|"parameters"|"parametersMissing"|"drain"|"cancel"|"parametersDifference");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Frame. */
        type $Shape = {
          format?: number|null;
          join?: ebm.Join.$Shape|null;
          request?: ebm.Request.$Shape|null;
          contribution?: ebm.Contribution.$Shape|null;
          result?: ebm.Result.$Shape|null;
          failed?: ebm.Failed.$Shape|null;
          renew?: ebm.Renew.$Shape|null;
          leave?: ebm.Leave.$Shape|null;
          parametersRequest?: ebm.ParametersRequest.$Shape|null;
          welcome?: ebm.Welcome.$Shape|null;
          refused?: ebm.Refused.$Shape|null;
          lease?: ebm.Lease.$Shape|null;
          fence?: ebm.Fence.$Shape|null;
          parameters?: ebm.Parameters.$Shape|null;
          parametersMissing?: ebm.ParametersMissing.$Shape|null;
          drain?: ebm.Drain.$Shape|null;
          cancel?: ebm.Cancel.$Shape|null;
          parametersDifference?: ebm.ParametersDifference.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ message?: undefined; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "join"; join: ebm.Join.$Shape; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "request"; join?: null; request: ebm.Request.$Shape; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "contribution"; join?: null; request?: null; contribution: ebm.Contribution.$Shape; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "result"; join?: null; request?: null; contribution?: null; result: ebm.Result.$Shape; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "failed"; join?: null; request?: null; contribution?: null; result?: null; failed: ebm.Failed.$Shape; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "renew"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew: ebm.Renew.$Shape; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "leave"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave: ebm.Leave.$Shape; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parametersRequest"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest: ebm.ParametersRequest.$Shape; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "welcome"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome: ebm.Welcome.$Shape; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "refused"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused: ebm.Refused.$Shape; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "lease"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease: ebm.Lease.$Shape; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "fence"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence: ebm.Fence.$Shape; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parameters"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters: ebm.Parameters.$Shape; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "parametersMissing"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing: ebm.ParametersMissing.$Shape; drain?: null; cancel?: null; parametersDifference?: null }|{ message?: "drain"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain: ebm.Drain.$Shape; cancel?: null; parametersDifference?: null }|{ message?: "cancel"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel: ebm.Cancel.$Shape; parametersDifference?: null }|{ message?: "parametersDifference"; join?: null; request?: null; contribution?: null; result?: null; failed?: null; renew?: null; leave?: null; parametersRequest?: null; welcome?: null; refused?: null; lease?: null; fence?: null; parameters?: null; parametersMissing?: null; drain?: null; cancel?: null; parametersDifference: ebm.ParametersDifference.$Shape })
        );
    }

    /**
     * Properties of a Range.
     * @deprecated Use ebm.Range.$Properties instead.
     */
    interface IRange extends ebm.Range.$Properties {
    }

    /** Represents a Range. */
    class Range {

        /**
         * Constructs a new Range.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Range.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Range from. */
        from: number;

        /** Range to. */
        to: number;

        /**
         * Encodes the specified Range message. Does not implicitly {@link ebm.Range.verify|verify} messages.
         * @param message Range message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Range.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Range message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Range & ebm.Range.$Shape} Range
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Range & ebm.Range.$Shape;
    }

    namespace Range {

        /** Properties of a Range. */
        interface $Properties {

            /** Range from */
            from?: (number|null);

            /** Range to */
            to?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Range. */
        type $Shape = ebm.Range.$Properties;
    }

    /**
     * Properties of a ParametersName.
     * @deprecated Use ebm.ParametersName.$Properties instead.
     */
    interface IParametersName extends ebm.ParametersName.$Properties {
    }

    /** Represents a ParametersName. */
    class ParametersName {

        /**
         * Constructs a new ParametersName.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.ParametersName.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ParametersName branch. */
        branch: number;

        /** ParametersName version. */
        version: number;

        /** ParametersName average. */
        average: boolean;

        /**
         * Encodes the specified ParametersName message. Does not implicitly {@link ebm.ParametersName.verify|verify} messages.
         * @param message ParametersName message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.ParametersName.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ParametersName message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.ParametersName & ebm.ParametersName.$Shape} ParametersName
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.ParametersName & ebm.ParametersName.$Shape;
    }

    namespace ParametersName {

        /** Properties of a ParametersName. */
        interface $Properties {

            /** ParametersName branch */
            branch?: (number|null);

            /** ParametersName version */
            version?: (number|null);

            /** ParametersName average */
            average?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ParametersName. */
        type $Shape = ebm.ParametersName.$Properties;
    }

    /**
     * Properties of a Join.
     * @deprecated Use ebm.Join.$Properties instead.
     */
    interface IJoin extends ebm.Join.$Properties {
    }

    /** Represents a Join. */
    class Join {

        /**
         * Constructs a new Join.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Join.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Join worker. */
        worker: string;

        /** Join engine. */
        engine: string;

        /** Join version. */
        version: string;

        /** Join deviceClass. */
        deviceClass: string;

        /** Join threads. */
        threads: number;

        /**
         * Encodes the specified Join message. Does not implicitly {@link ebm.Join.verify|verify} messages.
         * @param message Join message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Join.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Join message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Join & ebm.Join.$Shape} Join
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Join & ebm.Join.$Shape;
    }

    namespace Join {

        /** Properties of a Join. */
        interface $Properties {

            /** Join worker */
            worker?: (string|null);

            /** Join engine */
            engine?: (string|null);

            /** Join version */
            version?: (string|null);

            /** Join deviceClass */
            deviceClass?: (string|null);

            /** Join threads */
            threads?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Join. */
        type $Shape = ebm.Join.$Properties;
    }

    /**
     * Properties of a Request.
     * @deprecated Use ebm.Request.$Properties instead.
     */
    interface IRequest extends ebm.Request.$Properties {
    }

    /** Represents a Request. */
    class Request {

        /**
         * Constructs a new Request.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Request.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Request worker. */
        worker: string;

        /** Request epoch. */
        epoch: number;

        /**
         * Encodes the specified Request message. Does not implicitly {@link ebm.Request.verify|verify} messages.
         * @param message Request message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Request.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Request message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Request & ebm.Request.$Shape} Request
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Request & ebm.Request.$Shape;
    }

    namespace Request {

        /** Properties of a Request. */
        interface $Properties {

            /** Request worker */
            worker?: (string|null);

            /** Request epoch */
            epoch?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Request. */
        type $Shape = ebm.Request.$Properties;
    }

    /**
     * Properties of a Renew.
     * @deprecated Use ebm.Renew.$Properties instead.
     */
    interface IRenew extends ebm.Renew.$Properties {
    }

    /** Represents a Renew. */
    class Renew {

        /**
         * Constructs a new Renew.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Renew.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Renew worker. */
        worker: string;

        /** Renew epoch. */
        epoch: number;

        /** Renew lease. */
        lease?: (number|null);

        /**
         * Encodes the specified Renew message. Does not implicitly {@link ebm.Renew.verify|verify} messages.
         * @param message Renew message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Renew.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Renew message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Renew & ebm.Renew.$Shape} Renew
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Renew & ebm.Renew.$Shape;
    }

    namespace Renew {

        /** Properties of a Renew. */
        interface $Properties {

            /** Renew worker */
            worker?: (string|null);

            /** Renew epoch */
            epoch?: (number|null);

            /** Renew lease */
            lease?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Renew. */
        type $Shape = ebm.Renew.$Properties;
    }

    /**
     * Properties of a Leave.
     * @deprecated Use ebm.Leave.$Properties instead.
     */
    interface ILeave extends ebm.Leave.$Properties {
    }

    /** Represents a Leave. */
    class Leave {

        /**
         * Constructs a new Leave.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Leave.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Leave worker. */
        worker: string;

        /** Leave epoch. */
        epoch: number;

        /**
         * Encodes the specified Leave message. Does not implicitly {@link ebm.Leave.verify|verify} messages.
         * @param message Leave message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Leave.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Leave message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Leave & ebm.Leave.$Shape} Leave
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Leave & ebm.Leave.$Shape;
    }

    namespace Leave {

        /** Properties of a Leave. */
        interface $Properties {

            /** Leave worker */
            worker?: (string|null);

            /** Leave epoch */
            epoch?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Leave. */
        type $Shape = ebm.Leave.$Properties;
    }

    /**
     * Properties of a Phase.
     * @deprecated Use ebm.Phase.$Properties instead.
     */
    interface IPhase extends ebm.Phase.$Properties {
    }

    /** Represents a Phase. */
    class Phase {

        /**
         * Constructs a new Phase.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Phase.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Phase count. */
        count: number;

        /** Phase visible. */
        visible: Uint8Array;

        /** Phase hidden. */
        hidden: Uint8Array;

        /**
         * Encodes the specified Phase message. Does not implicitly {@link ebm.Phase.verify|verify} messages.
         * @param message Phase message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Phase.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Phase message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Phase & ebm.Phase.$Shape} Phase
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Phase & ebm.Phase.$Shape;
    }

    namespace Phase {

        /** Properties of a Phase. */
        interface $Properties {

            /** Phase count */
            count?: (number|null);

            /** Phase visible */
            visible?: (Uint8Array|null);

            /** Phase hidden */
            hidden?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Phase. */
        type $Shape = ebm.Phase.$Properties;
    }

    /**
     * Properties of a Sums.
     * @deprecated Use ebm.Sums.$Properties instead.
     */
    interface ISums extends ebm.Sums.$Properties {
    }

    /** Represents a Sums. */
    class Sums {

        /**
         * Constructs a new Sums.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Sums.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Sums data. */
        data?: (ebm.Phase.$Properties|null);

        /** Sums model. */
        model?: (ebm.Phase.$Properties|null);

        /** Sums wide. */
        wide: boolean;

        /** Sums difference. */
        difference?: (Uint8Array|null);

        /** Sums both. */
        both?: (ebm.Both.$Properties|null);

        /** Sums packed. */
        packed: boolean;

        /** Sums outer. */
        outer?: ("difference"|"both");

        /**
         * Encodes the specified Sums message. Does not implicitly {@link ebm.Sums.verify|verify} messages.
         * @param message Sums message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Sums.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Sums message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Sums & ebm.Sums.$Shape} Sums
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Sums & ebm.Sums.$Shape;
    }

    namespace Sums {

        /** Properties of a Sums. */
        interface $Properties {

            /** Sums data */
            data?: (ebm.Phase.$Properties|null);

            /** Sums model */
            model?: (ebm.Phase.$Properties|null);

            /** Sums wide */
            wide?: (boolean|null);

            /** Sums difference */
            difference?: (Uint8Array|null);

            /** Sums both */
            both?: (ebm.Both.$Properties|null);

            /** Sums packed */
            packed?: (boolean|null);

            /** Sums outer */
            outer?: ("difference"|"both");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Sums. */
        type $Shape = {
          data?: ebm.Phase.$Shape|null;
          model?: ebm.Phase.$Shape|null;
          wide?: boolean|null;
          difference?: Uint8Array|null;
          both?: ebm.Both.$Shape|null;
          packed?: boolean|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ outer?: undefined; difference?: null; both?: null }|{ outer?: "difference"; difference: Uint8Array; both?: null }|{ outer?: "both"; difference?: null; both: ebm.Both.$Shape })
        );
    }

    /**
     * Properties of a Both.
     * @deprecated Use ebm.Both.$Properties instead.
     */
    interface IBoth extends ebm.Both.$Properties {
    }

    /** Represents a Both. */
    class Both {

        /**
         * Constructs a new Both.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Both.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Both data. */
        data: Uint8Array;

        /** Both model. */
        model: Uint8Array;

        /**
         * Encodes the specified Both message. Does not implicitly {@link ebm.Both.verify|verify} messages.
         * @param message Both message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Both.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Both message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Both & ebm.Both.$Shape} Both
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Both & ebm.Both.$Shape;
    }

    namespace Both {

        /** Properties of a Both. */
        interface $Properties {

            /** Both data */
            data?: (Uint8Array|null);

            /** Both model */
            model?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Both. */
        type $Shape = ebm.Both.$Properties;
    }

    /**
     * Properties of a PhaseFactors.
     * @deprecated Use ebm.PhaseFactors.$Properties instead.
     */
    interface IPhaseFactors extends ebm.PhaseFactors.$Properties {
    }

    /** Represents a PhaseFactors. */
    class PhaseFactors {

        /**
         * Constructs a new PhaseFactors.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.PhaseFactors.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PhaseFactors count. */
        count: number;

        /** PhaseFactors visible. */
        visible: Uint8Array;

        /** PhaseFactors thresholds. */
        thresholds: Uint8Array;

        /** PhaseFactors full. */
        full: Uint8Array;

        /**
         * Encodes the specified PhaseFactors message. Does not implicitly {@link ebm.PhaseFactors.verify|verify} messages.
         * @param message PhaseFactors message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.PhaseFactors.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PhaseFactors message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.PhaseFactors & ebm.PhaseFactors.$Shape} PhaseFactors
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.PhaseFactors & ebm.PhaseFactors.$Shape;
    }

    namespace PhaseFactors {

        /** Properties of a PhaseFactors. */
        interface $Properties {

            /** PhaseFactors count */
            count?: (number|null);

            /** PhaseFactors visible */
            visible?: (Uint8Array|null);

            /** PhaseFactors thresholds */
            thresholds?: (Uint8Array|null);

            /** PhaseFactors full */
            full?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PhaseFactors. */
        type $Shape = ebm.PhaseFactors.$Properties;
    }

    /**
     * Properties of a Factors.
     * @deprecated Use ebm.Factors.$Properties instead.
     */
    interface IFactors extends ebm.Factors.$Properties {
    }

    /** Represents a Factors. */
    class Factors {

        /**
         * Constructs a new Factors.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Factors.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Factors data. */
        data?: (ebm.PhaseFactors.$Properties|null);

        /** Factors model. */
        model?: (ebm.PhaseFactors.$Properties|null);

        /**
         * Encodes the specified Factors message. Does not implicitly {@link ebm.Factors.verify|verify} messages.
         * @param message Factors message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Factors.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Factors message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Factors & ebm.Factors.$Shape} Factors
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Factors & ebm.Factors.$Shape;
    }

    namespace Factors {

        /** Properties of a Factors. */
        interface $Properties {

            /** Factors data */
            data?: (ebm.PhaseFactors.$Properties|null);

            /** Factors model */
            model?: (ebm.PhaseFactors.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Factors. */
        type $Shape = ebm.Factors.$Properties;
    }

    /**
     * Properties of a Spent.
     * @deprecated Use ebm.Spent.$Properties instead.
     */
    interface ISpent extends ebm.Spent.$Properties {
    }

    /** Represents a Spent. */
    class Spent {

        /**
         * Constructs a new Spent.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Spent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Spent waited. */
        waited: number;

        /** Spent fetched. */
        fetched: number;

        /** Spent computed. */
        computed: number;

        /** Spent encoded. */
        encoded: number;

        /** Spent decoded. */
        decoded: number;

        /**
         * Encodes the specified Spent message. Does not implicitly {@link ebm.Spent.verify|verify} messages.
         * @param message Spent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Spent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Spent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Spent & ebm.Spent.$Shape} Spent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Spent & ebm.Spent.$Shape;
    }

    namespace Spent {

        /** Properties of a Spent. */
        interface $Properties {

            /** Spent waited */
            waited?: (number|null);

            /** Spent fetched */
            fetched?: (number|null);

            /** Spent computed */
            computed?: (number|null);

            /** Spent encoded */
            encoded?: (number|null);

            /** Spent decoded */
            decoded?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Spent. */
        type $Shape = ebm.Spent.$Properties;
    }

    /**
     * Properties of a Contribution.
     * @deprecated Use ebm.Contribution.$Properties instead.
     */
    interface IContribution extends ebm.Contribution.$Properties {
    }

    /** Represents a Contribution. */
    class Contribution {

        /**
         * Constructs a new Contribution.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Contribution.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Contribution worker. */
        worker: string;

        /** Contribution epoch. */
        epoch: number;

        /** Contribution lease. */
        lease: number;

        /** Contribution branch. */
        branch: number;

        /** Contribution update. */
        update: number;

        /** Contribution data. */
        data?: (ebm.Range.$Properties|null);

        /** Contribution chains. */
        chains?: (ebm.Range.$Properties|null);

        /** Contribution sums. */
        sums?: (ebm.Sums.$Properties|null);

        /** Contribution states. */
        states: Uint8Array;

        /** Contribution asks. */
        asks: boolean;

        /** Contribution factors. */
        factors?: (ebm.Factors.$Properties|null);

        /** Contribution spent. */
        spent?: (ebm.Spent.$Properties|null);

        /** Contribution gradient. */
        gradient?: (ebm.Gradient.$Properties|null);

        /**
         * Encodes the specified Contribution message. Does not implicitly {@link ebm.Contribution.verify|verify} messages.
         * @param message Contribution message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Contribution.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Contribution message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Contribution & ebm.Contribution.$Shape} Contribution
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Contribution & ebm.Contribution.$Shape;
    }

    namespace Contribution {

        /** Properties of a Contribution. */
        interface $Properties {

            /** Contribution worker */
            worker?: (string|null);

            /** Contribution epoch */
            epoch?: (number|null);

            /** Contribution lease */
            lease?: (number|null);

            /** Contribution branch */
            branch?: (number|null);

            /** Contribution update */
            update?: (number|null);

            /** Contribution data */
            data?: (ebm.Range.$Properties|null);

            /** Contribution chains */
            chains?: (ebm.Range.$Properties|null);

            /** Contribution sums */
            sums?: (ebm.Sums.$Properties|null);

            /** Contribution states */
            states?: (Uint8Array|null);

            /** Contribution asks */
            asks?: (boolean|null);

            /** Contribution factors */
            factors?: (ebm.Factors.$Properties|null);

            /** Contribution spent */
            spent?: (ebm.Spent.$Properties|null);

            /** Contribution gradient */
            gradient?: (ebm.Gradient.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Contribution. */
        type $Shape = {
          worker?: string|null;
          epoch?: number|null;
          lease?: number|null;
          branch?: number|null;
          update?: number|null;
          data?: ebm.Range.$Shape|null;
          chains?: ebm.Range.$Shape|null;
          sums?: ebm.Sums.$Shape|null;
          states?: Uint8Array|null;
          asks?: boolean|null;
          factors?: ebm.Factors.$Shape|null;
          spent?: ebm.Spent.$Shape|null;
          gradient?: ebm.Gradient.$Shape|null;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a Words.
     * @deprecated Use ebm.Words.$Properties instead.
     */
    interface IWords extends ebm.Words.$Properties {
    }

    /** Represents a Words. */
    class Words {

        /**
         * Constructs a new Words.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Words.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Words low. */
        low: Uint8Array;

        /** Words high. */
        high: Uint8Array;

        /** Words rejected. */
        rejected: number;

        /**
         * Encodes the specified Words message. Does not implicitly {@link ebm.Words.verify|verify} messages.
         * @param message Words message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Words.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Words message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Words & ebm.Words.$Shape} Words
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Words & ebm.Words.$Shape;
    }

    namespace Words {

        /** Properties of a Words. */
        interface $Properties {

            /** Words low */
            low?: (Uint8Array|null);

            /** Words high */
            high?: (Uint8Array|null);

            /** Words rejected */
            rejected?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Words. */
        type $Shape = ebm.Words.$Properties;
    }

    /**
     * Properties of a Gradient.
     * @deprecated Use ebm.Gradient.$Properties instead.
     */
    interface IGradient extends ebm.Gradient.$Properties {
    }

    /** Represents a Gradient. */
    class Gradient {

        /**
         * Constructs a new Gradient.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Gradient.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Gradient gradient. */
        gradient?: (ebm.Words.$Properties|null);

        /** Gradient observed. */
        observed?: (ebm.Words.$Properties|null);

        /**
         * Encodes the specified Gradient message. Does not implicitly {@link ebm.Gradient.verify|verify} messages.
         * @param message Gradient message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Gradient.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Gradient message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Gradient & ebm.Gradient.$Shape} Gradient
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Gradient & ebm.Gradient.$Shape;
    }

    namespace Gradient {

        /** Properties of a Gradient. */
        interface $Properties {

            /** Gradient gradient */
            gradient?: (ebm.Words.$Properties|null);

            /** Gradient observed */
            observed?: (ebm.Words.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Gradient. */
        type $Shape = ebm.Gradient.$Properties;
    }

    /**
     * Properties of a Result.
     * @deprecated Use ebm.Result.$Properties instead.
     */
    interface IResult extends ebm.Result.$Properties {
    }

    /** Represents a Result. */
    class Result {

        /**
         * Constructs a new Result.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Result.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Result worker. */
        worker: string;

        /** Result epoch. */
        epoch: number;

        /** Result lease. */
        lease: number;

        /** Result numbers. */
        numbers?: (Uint8Array|null);

        /** Result samples. */
        samples?: (ebm.Samples.$Properties|null);

        /** Result asks. */
        asks: boolean;

        /** Result values. */
        values?: ("numbers"|"samples");

        /**
         * Encodes the specified Result message. Does not implicitly {@link ebm.Result.verify|verify} messages.
         * @param message Result message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Result.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Result message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Result & ebm.Result.$Shape} Result
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Result & ebm.Result.$Shape;
    }

    namespace Result {

        /** Properties of a Result. */
        interface $Properties {

            /** Result worker */
            worker?: (string|null);

            /** Result epoch */
            epoch?: (number|null);

            /** Result lease */
            lease?: (number|null);

            /** Result numbers */
            numbers?: (Uint8Array|null);

            /** Result samples */
            samples?: (ebm.Samples.$Properties|null);

            /** Result asks */
            asks?: (boolean|null);

            /** Result values */
            values?: ("numbers"|"samples");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Result. */
        type $Shape = {
          worker?: string|null;
          epoch?: number|null;
          lease?: number|null;
          numbers?: Uint8Array|null;
          samples?: ebm.Samples.$Shape|null;
          asks?: boolean|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ values?: undefined; numbers?: null; samples?: null }|{ values?: "numbers"; numbers: Uint8Array; samples?: null }|{ values?: "samples"; numbers?: null; samples: ebm.Samples.$Shape })
        );
    }

    /**
     * Properties of a Samples.
     * @deprecated Use ebm.Samples.$Properties instead.
     */
    interface ISamples extends ebm.Samples.$Properties {
    }

    /** Represents a Samples. */
    class Samples {

        /**
         * Constructs a new Samples.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Samples.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Samples states. */
        states: Uint8Array;

        /** Samples visible. */
        visible: Uint8Array;

        /** Samples visibleThresholds. */
        visibleThresholds: Uint8Array;

        /**
         * Encodes the specified Samples message. Does not implicitly {@link ebm.Samples.verify|verify} messages.
         * @param message Samples message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Samples.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Samples message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Samples & ebm.Samples.$Shape} Samples
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Samples & ebm.Samples.$Shape;
    }

    namespace Samples {

        /** Properties of a Samples. */
        interface $Properties {

            /** Samples states */
            states?: (Uint8Array|null);

            /** Samples visible */
            visible?: (Uint8Array|null);

            /** Samples visibleThresholds */
            visibleThresholds?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Samples. */
        type $Shape = ebm.Samples.$Properties;
    }

    /**
     * Properties of a Failed.
     * @deprecated Use ebm.Failed.$Properties instead.
     */
    interface IFailed extends ebm.Failed.$Properties {
    }

    /** Represents a Failed. */
    class Failed {

        /**
         * Constructs a new Failed.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Failed.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Failed worker. */
        worker: string;

        /** Failed epoch. */
        epoch: number;

        /** Failed lease. */
        lease: number;

        /** Failed code. */
        code: number;

        /** Failed text. */
        text: string;

        /** Failed asks. */
        asks: boolean;

        /**
         * Encodes the specified Failed message. Does not implicitly {@link ebm.Failed.verify|verify} messages.
         * @param message Failed message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Failed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Failed message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Failed & ebm.Failed.$Shape} Failed
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Failed & ebm.Failed.$Shape;
    }

    namespace Failed {

        /** Properties of a Failed. */
        interface $Properties {

            /** Failed worker */
            worker?: (string|null);

            /** Failed epoch */
            epoch?: (number|null);

            /** Failed lease */
            lease?: (number|null);

            /** Failed code */
            code?: (number|null);

            /** Failed text */
            text?: (string|null);

            /** Failed asks */
            asks?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Failed. */
        type $Shape = ebm.Failed.$Properties;
    }

    /**
     * Properties of a ParametersRequest.
     * @deprecated Use ebm.ParametersRequest.$Properties instead.
     */
    interface IParametersRequest extends ebm.ParametersRequest.$Properties {
    }

    /** Represents a ParametersRequest. */
    class ParametersRequest {

        /**
         * Constructs a new ParametersRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.ParametersRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ParametersRequest worker. */
        worker: string;

        /** ParametersRequest epoch. */
        epoch: number;

        /** ParametersRequest name. */
        name?: (ebm.ParametersName.$Properties|null);

        /** ParametersRequest have. */
        have?: (ebm.ParametersName.$Properties|null);

        /**
         * Encodes the specified ParametersRequest message. Does not implicitly {@link ebm.ParametersRequest.verify|verify} messages.
         * @param message ParametersRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.ParametersRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ParametersRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.ParametersRequest & ebm.ParametersRequest.$Shape} ParametersRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.ParametersRequest & ebm.ParametersRequest.$Shape;
    }

    namespace ParametersRequest {

        /** Properties of a ParametersRequest. */
        interface $Properties {

            /** ParametersRequest worker */
            worker?: (string|null);

            /** ParametersRequest epoch */
            epoch?: (number|null);

            /** ParametersRequest name */
            name?: (ebm.ParametersName.$Properties|null);

            /** ParametersRequest have */
            have?: (ebm.ParametersName.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ParametersRequest. */
        type $Shape = ebm.ParametersRequest.$Properties;
    }

    /**
     * Properties of a ParametersDifference.
     * @deprecated Use ebm.ParametersDifference.$Properties instead.
     */
    interface IParametersDifference extends ebm.ParametersDifference.$Properties {
    }

    /** Represents a ParametersDifference. */
    class ParametersDifference {

        /**
         * Constructs a new ParametersDifference.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.ParametersDifference.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ParametersDifference epoch. */
        epoch: number;

        /** ParametersDifference name. */
        name?: (ebm.ParametersName.$Properties|null);

        /** ParametersDifference base. */
        base: number;

        /** ParametersDifference bits. */
        bits: number;

        /** ParametersDifference codes. */
        codes: Uint8Array;

        /** ParametersDifference escapes. */
        escapes: Uint8Array;

        /** ParametersDifference visibleBias. */
        visibleBias: Uint8Array;

        /** ParametersDifference hiddenBias. */
        hiddenBias: Uint8Array;

        /**
         * Encodes the specified ParametersDifference message. Does not implicitly {@link ebm.ParametersDifference.verify|verify} messages.
         * @param message ParametersDifference message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.ParametersDifference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ParametersDifference message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.ParametersDifference & ebm.ParametersDifference.$Shape} ParametersDifference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.ParametersDifference & ebm.ParametersDifference.$Shape;
    }

    namespace ParametersDifference {

        /** Properties of a ParametersDifference. */
        interface $Properties {

            /** ParametersDifference epoch */
            epoch?: (number|null);

            /** ParametersDifference name */
            name?: (ebm.ParametersName.$Properties|null);

            /** ParametersDifference base */
            base?: (number|null);

            /** ParametersDifference bits */
            bits?: (number|null);

            /** ParametersDifference codes */
            codes?: (Uint8Array|null);

            /** ParametersDifference escapes */
            escapes?: (Uint8Array|null);

            /** ParametersDifference visibleBias */
            visibleBias?: (Uint8Array|null);

            /** ParametersDifference hiddenBias */
            hiddenBias?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ParametersDifference. */
        type $Shape = ebm.ParametersDifference.$Properties;
    }

    /**
     * Properties of a Parameters.
     * @deprecated Use ebm.Parameters.$Properties instead.
     */
    interface IParameters extends ebm.Parameters.$Properties {
    }

    /** Represents a Parameters. */
    class Parameters {

        /**
         * Constructs a new Parameters.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Parameters.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Parameters epoch. */
        epoch: number;

        /** Parameters name. */
        name?: (ebm.ParametersName.$Properties|null);

        /** Parameters weights. */
        weights: Uint8Array;

        /** Parameters visibleBias. */
        visibleBias: Uint8Array;

        /** Parameters hiddenBias. */
        hiddenBias: Uint8Array;

        /** Parameters values. */
        values?: (Uint8Array|null);

        /**
         * Encodes the specified Parameters message. Does not implicitly {@link ebm.Parameters.verify|verify} messages.
         * @param message Parameters message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Parameters.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Parameters message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Parameters & ebm.Parameters.$Shape} Parameters
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Parameters & ebm.Parameters.$Shape;
    }

    namespace Parameters {

        /** Properties of a Parameters. */
        interface $Properties {

            /** Parameters epoch */
            epoch?: (number|null);

            /** Parameters name */
            name?: (ebm.ParametersName.$Properties|null);

            /** Parameters weights */
            weights?: (Uint8Array|null);

            /** Parameters visibleBias */
            visibleBias?: (Uint8Array|null);

            /** Parameters hiddenBias */
            hiddenBias?: (Uint8Array|null);

            /** Parameters values */
            values?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Parameters. */
        type $Shape = ebm.Parameters.$Properties;
    }

    /**
     * Properties of a ParametersMissing.
     * @deprecated Use ebm.ParametersMissing.$Properties instead.
     */
    interface IParametersMissing extends ebm.ParametersMissing.$Properties {
    }

    /** Represents a ParametersMissing. */
    class ParametersMissing {

        /**
         * Constructs a new ParametersMissing.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.ParametersMissing.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ParametersMissing epoch. */
        epoch: number;

        /** ParametersMissing name. */
        name?: (ebm.ParametersName.$Properties|null);

        /**
         * Encodes the specified ParametersMissing message. Does not implicitly {@link ebm.ParametersMissing.verify|verify} messages.
         * @param message ParametersMissing message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.ParametersMissing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ParametersMissing message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.ParametersMissing & ebm.ParametersMissing.$Shape} ParametersMissing
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.ParametersMissing & ebm.ParametersMissing.$Shape;
    }

    namespace ParametersMissing {

        /** Properties of a ParametersMissing. */
        interface $Properties {

            /** ParametersMissing epoch */
            epoch?: (number|null);

            /** ParametersMissing name */
            name?: (ebm.ParametersName.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ParametersMissing. */
        type $Shape = ebm.ParametersMissing.$Properties;
    }

    /**
     * Properties of a Start.
     * @deprecated Use ebm.Start.$Properties instead.
     */
    interface IStart extends ebm.Start.$Properties {
    }

    /** Represents a Start. */
    class Start {

        /**
         * Constructs a new Start.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Start.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Start branch. */
        branch: number;

        /** Start version. */
        version: number;

        /**
         * Encodes the specified Start message. Does not implicitly {@link ebm.Start.verify|verify} messages.
         * @param message Start message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Start.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Start message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Start & ebm.Start.$Shape} Start
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Start & ebm.Start.$Shape;
    }

    namespace Start {

        /** Properties of a Start. */
        interface $Properties {

            /** Start branch */
            branch?: (number|null);

            /** Start version */
            version?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Start. */
        type $Shape = ebm.Start.$Properties;
    }

    /**
     * Properties of a Welcome.
     * @deprecated Use ebm.Welcome.$Properties instead.
     */
    interface IWelcome extends ebm.Welcome.$Properties {
    }

    /** Represents a Welcome. */
    class Welcome {

        /**
         * Constructs a new Welcome.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Welcome.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Welcome epoch. */
        epoch: number;

        /** Welcome job. */
        job: string;

        /** Welcome start. */
        start?: (ebm.Start.$Properties|null);

        /** Welcome heartbeatMs. */
        heartbeatMs: number;

        /**
         * Encodes the specified Welcome message. Does not implicitly {@link ebm.Welcome.verify|verify} messages.
         * @param message Welcome message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Welcome message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Welcome & ebm.Welcome.$Shape} Welcome
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Welcome & ebm.Welcome.$Shape;
    }

    namespace Welcome {

        /** Properties of a Welcome. */
        interface $Properties {

            /** Welcome epoch */
            epoch?: (number|null);

            /** Welcome job */
            job?: (string|null);

            /** Welcome start */
            start?: (ebm.Start.$Properties|null);

            /** Welcome heartbeatMs */
            heartbeatMs?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Welcome. */
        type $Shape = ebm.Welcome.$Properties;
    }

    /**
     * Properties of a Refused.
     * @deprecated Use ebm.Refused.$Properties instead.
     */
    interface IRefused extends ebm.Refused.$Properties {
    }

    /** Represents a Refused. */
    class Refused {

        /**
         * Constructs a new Refused.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Refused.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Refused epoch. */
        epoch: number;

        /** Refused code. */
        code: number;

        /** Refused text. */
        text: string;

        /**
         * Encodes the specified Refused message. Does not implicitly {@link ebm.Refused.verify|verify} messages.
         * @param message Refused message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Refused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Refused message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Refused & ebm.Refused.$Shape} Refused
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Refused & ebm.Refused.$Shape;
    }

    namespace Refused {

        /** Properties of a Refused. */
        interface $Properties {

            /** Refused epoch */
            epoch?: (number|null);

            /** Refused code */
            code?: (number|null);

            /** Refused text */
            text?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Refused. */
        type $Shape = ebm.Refused.$Properties;
    }

    /**
     * Properties of a Fence.
     * @deprecated Use ebm.Fence.$Properties instead.
     */
    interface IFence extends ebm.Fence.$Properties {
    }

    /** Represents a Fence. */
    class Fence {

        /**
         * Constructs a new Fence.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Fence.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Fence epoch. */
        epoch: number;

        /** Fence start. */
        start?: (ebm.Start.$Properties|null);

        /**
         * Encodes the specified Fence message. Does not implicitly {@link ebm.Fence.verify|verify} messages.
         * @param message Fence message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Fence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Fence message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Fence & ebm.Fence.$Shape} Fence
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Fence & ebm.Fence.$Shape;
    }

    namespace Fence {

        /** Properties of a Fence. */
        interface $Properties {

            /** Fence epoch */
            epoch?: (number|null);

            /** Fence start */
            start?: (ebm.Start.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Fence. */
        type $Shape = ebm.Fence.$Properties;
    }

    /**
     * Properties of a Drain.
     * @deprecated Use ebm.Drain.$Properties instead.
     */
    interface IDrain extends ebm.Drain.$Properties {
    }

    /** Represents a Drain. */
    class Drain {

        /**
         * Constructs a new Drain.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Drain.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Drain epoch. */
        epoch: number;

        /**
         * Encodes the specified Drain message. Does not implicitly {@link ebm.Drain.verify|verify} messages.
         * @param message Drain message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Drain.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Drain message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Drain & ebm.Drain.$Shape} Drain
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Drain & ebm.Drain.$Shape;
    }

    namespace Drain {

        /** Properties of a Drain. */
        interface $Properties {

            /** Drain epoch */
            epoch?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Drain. */
        type $Shape = ebm.Drain.$Properties;
    }

    /**
     * Properties of a Cancel.
     * @deprecated Use ebm.Cancel.$Properties instead.
     */
    interface ICancel extends ebm.Cancel.$Properties {
    }

    /** Represents a Cancel. */
    class Cancel {

        /**
         * Constructs a new Cancel.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Cancel.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Cancel epoch. */
        epoch: number;

        /** Cancel lease. */
        lease: number;

        /**
         * Encodes the specified Cancel message. Does not implicitly {@link ebm.Cancel.verify|verify} messages.
         * @param message Cancel message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Cancel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Cancel message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Cancel & ebm.Cancel.$Shape} Cancel
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Cancel & ebm.Cancel.$Shape;
    }

    namespace Cancel {

        /** Properties of a Cancel. */
        interface $Properties {

            /** Cancel epoch */
            epoch?: (number|null);

            /** Cancel lease */
            lease?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Cancel. */
        type $Shape = ebm.Cancel.$Properties;
    }

    /**
     * Properties of a Lease.
     * @deprecated Use ebm.Lease.$Properties instead.
     */
    interface ILease extends ebm.Lease.$Properties {
    }

    /** Represents a Lease. */
    class Lease {

        /**
         * Constructs a new Lease.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Lease.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Lease epoch. */
        epoch: number;

        /** Lease lease. */
        lease: number;

        /** Lease termMs. */
        termMs: number;

        /** Lease update. */
        update?: (ebm.UpdateUnit.$Properties|null);

        /** Lease sample. */
        sample?: (ebm.SampleUnit.$Properties|null);

        /** Lease logPartition. */
        logPartition?: (ebm.LogPartitionUnit.$Properties|null);

        /** Lease evaluate. */
        evaluate?: (ebm.EvaluateUnit.$Properties|null);

        /** Lease exact. */
        exact?: (ebm.ExactUnit.$Properties|null);

        /** Lease unit. */
        unit?: ("update"|"sample"|"logPartition"|"evaluate"|"exact");

        /**
         * Encodes the specified Lease message. Does not implicitly {@link ebm.Lease.verify|verify} messages.
         * @param message Lease message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Lease.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Lease message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Lease & ebm.Lease.$Shape} Lease
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Lease & ebm.Lease.$Shape;
    }

    namespace Lease {

        /** Properties of a Lease. */
        interface $Properties {

            /** Lease epoch */
            epoch?: (number|null);

            /** Lease lease */
            lease?: (number|null);

            /** Lease termMs */
            termMs?: (number|null);

            /** Lease update */
            update?: (ebm.UpdateUnit.$Properties|null);

            /** Lease sample */
            sample?: (ebm.SampleUnit.$Properties|null);

            /** Lease logPartition */
            logPartition?: (ebm.LogPartitionUnit.$Properties|null);

            /** Lease evaluate */
            evaluate?: (ebm.EvaluateUnit.$Properties|null);

            /** Lease exact */
            exact?: (ebm.ExactUnit.$Properties|null);

            /** Lease unit */
            unit?: ("update"|"sample"|"logPartition"|"evaluate"|"exact");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Lease. */
        type $Shape = {
          epoch?: number|null;
          lease?: number|null;
          termMs?: number|null;
          update?: ebm.UpdateUnit.$Shape|null;
          sample?: ebm.SampleUnit.$Shape|null;
          logPartition?: ebm.LogPartitionUnit.$Shape|null;
          evaluate?: ebm.EvaluateUnit.$Shape|null;
          exact?: ebm.ExactUnit.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ unit?: undefined; update?: null; sample?: null; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "update"; update: ebm.UpdateUnit.$Shape; sample?: null; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "sample"; update?: null; sample: ebm.SampleUnit.$Shape; logPartition?: null; evaluate?: null; exact?: null }|{ unit?: "logPartition"; update?: null; sample?: null; logPartition: ebm.LogPartitionUnit.$Shape; evaluate?: null; exact?: null }|{ unit?: "evaluate"; update?: null; sample?: null; logPartition?: null; evaluate: ebm.EvaluateUnit.$Shape; exact?: null }|{ unit?: "exact"; update?: null; sample?: null; logPartition?: null; evaluate?: null; exact: ebm.ExactUnit.$Shape })
        );
    }

    /**
     * Properties of an UpdateUnit.
     * @deprecated Use ebm.UpdateUnit.$Properties instead.
     */
    interface IUpdateUnit extends ebm.UpdateUnit.$Properties {
    }

    /** Represents an UpdateUnit. */
    class UpdateUnit {

        /**
         * Constructs a new UpdateUnit.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.UpdateUnit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UpdateUnit branch. */
        branch: number;

        /** UpdateUnit update. */
        update: number;

        /** UpdateUnit parameters. */
        parameters?: (ebm.ParametersName.$Properties|null);

        /** UpdateUnit data. */
        data?: (ebm.Range.$Properties|null);

        /** UpdateUnit chains. */
        chains?: (ebm.Range.$Properties|null);

        /** UpdateUnit states. */
        states?: (Uint8Array|null);

        /** UpdateUnit factors. */
        factors: boolean;

        /**
         * Encodes the specified UpdateUnit message. Does not implicitly {@link ebm.UpdateUnit.verify|verify} messages.
         * @param message UpdateUnit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.UpdateUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UpdateUnit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.UpdateUnit & ebm.UpdateUnit.$Shape} UpdateUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.UpdateUnit & ebm.UpdateUnit.$Shape;
    }

    namespace UpdateUnit {

        /** Properties of an UpdateUnit. */
        interface $Properties {

            /** UpdateUnit branch */
            branch?: (number|null);

            /** UpdateUnit update */
            update?: (number|null);

            /** UpdateUnit parameters */
            parameters?: (ebm.ParametersName.$Properties|null);

            /** UpdateUnit data */
            data?: (ebm.Range.$Properties|null);

            /** UpdateUnit chains */
            chains?: (ebm.Range.$Properties|null);

            /** UpdateUnit states */
            states?: (Uint8Array|null);

            /** UpdateUnit factors */
            factors?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UpdateUnit. */
        type $Shape = ebm.UpdateUnit.$Properties;
    }

    /**
     * Properties of a SampleUnit.
     * @deprecated Use ebm.SampleUnit.$Properties instead.
     */
    interface ISampleUnit extends ebm.SampleUnit.$Properties {
    }

    /** Represents a SampleUnit. */
    class SampleUnit {

        /**
         * Constructs a new SampleUnit.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.SampleUnit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SampleUnit parameters. */
        parameters?: (ebm.ParametersName.$Properties|null);

        /** SampleUnit purpose. */
        purpose: number;

        /** SampleUnit branch. */
        branch: number;

        /** SampleUnit word3. */
        word3: number;

        /** SampleUnit chains. */
        chains?: (ebm.Range.$Properties|null);

        /** SampleUnit states. */
        states: Uint8Array;

        /** SampleUnit steps. */
        steps: number;

        /** SampleUnit firstHalfStep. */
        firstHalfStep: number;

        /** SampleUnit clamp. */
        clamp?: (ebm.Clamp.$Properties|null);

        /**
         * Encodes the specified SampleUnit message. Does not implicitly {@link ebm.SampleUnit.verify|verify} messages.
         * @param message SampleUnit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.SampleUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SampleUnit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.SampleUnit & ebm.SampleUnit.$Shape} SampleUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.SampleUnit & ebm.SampleUnit.$Shape;
    }

    namespace SampleUnit {

        /** Properties of a SampleUnit. */
        interface $Properties {

            /** SampleUnit parameters */
            parameters?: (ebm.ParametersName.$Properties|null);

            /** SampleUnit purpose */
            purpose?: (number|null);

            /** SampleUnit branch */
            branch?: (number|null);

            /** SampleUnit word3 */
            word3?: (number|null);

            /** SampleUnit chains */
            chains?: (ebm.Range.$Properties|null);

            /** SampleUnit states */
            states?: (Uint8Array|null);

            /** SampleUnit steps */
            steps?: (number|null);

            /** SampleUnit firstHalfStep */
            firstHalfStep?: (number|null);

            /** SampleUnit clamp */
            clamp?: (ebm.Clamp.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SampleUnit. */
        type $Shape = ebm.SampleUnit.$Properties;
    }

    /**
     * Properties of a Clamp.
     * @deprecated Use ebm.Clamp.$Properties instead.
     */
    interface IClamp extends ebm.Clamp.$Properties {
    }

    /** Represents a Clamp. */
    class Clamp {

        /**
         * Constructs a new Clamp.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.Clamp.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Clamp mask. */
        mask: Uint8Array;

        /** Clamp values. */
        values: Uint8Array;

        /**
         * Encodes the specified Clamp message. Does not implicitly {@link ebm.Clamp.verify|verify} messages.
         * @param message Clamp message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.Clamp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Clamp message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.Clamp & ebm.Clamp.$Shape} Clamp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.Clamp & ebm.Clamp.$Shape;
    }

    namespace Clamp {

        /** Properties of a Clamp. */
        interface $Properties {

            /** Clamp mask */
            mask?: (Uint8Array|null);

            /** Clamp values */
            values?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Clamp. */
        type $Shape = ebm.Clamp.$Properties;
    }

    /**
     * Properties of a LogPartitionUnit.
     * @deprecated Use ebm.LogPartitionUnit.$Properties instead.
     */
    interface ILogPartitionUnit extends ebm.LogPartitionUnit.$Properties {
    }

    /** Represents a LogPartitionUnit. */
    class LogPartitionUnit {

        /**
         * Constructs a new LogPartitionUnit.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.LogPartitionUnit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LogPartitionUnit parameters. */
        parameters?: (ebm.ParametersName.$Properties|null);

        /** LogPartitionUnit method. */
        method: number;

        /** LogPartitionUnit runs. */
        runs?: (ebm.Range.$Properties|null);

        /** LogPartitionUnit betas. */
        betas: number;

        /** LogPartitionUnit baseBias. */
        baseBias: Uint8Array;

        /** LogPartitionUnit starts. */
        starts?: (Uint8Array|null);

        /**
         * Encodes the specified LogPartitionUnit message. Does not implicitly {@link ebm.LogPartitionUnit.verify|verify} messages.
         * @param message LogPartitionUnit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.LogPartitionUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LogPartitionUnit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.LogPartitionUnit & ebm.LogPartitionUnit.$Shape} LogPartitionUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.LogPartitionUnit & ebm.LogPartitionUnit.$Shape;
    }

    namespace LogPartitionUnit {

        /** Properties of a LogPartitionUnit. */
        interface $Properties {

            /** LogPartitionUnit parameters */
            parameters?: (ebm.ParametersName.$Properties|null);

            /** LogPartitionUnit method */
            method?: (number|null);

            /** LogPartitionUnit runs */
            runs?: (ebm.Range.$Properties|null);

            /** LogPartitionUnit betas */
            betas?: (number|null);

            /** LogPartitionUnit baseBias */
            baseBias?: (Uint8Array|null);

            /** LogPartitionUnit starts */
            starts?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LogPartitionUnit. */
        type $Shape = ebm.LogPartitionUnit.$Properties;
    }

    /**
     * Properties of an EvaluateUnit.
     * @deprecated Use ebm.EvaluateUnit.$Properties instead.
     */
    interface IEvaluateUnit extends ebm.EvaluateUnit.$Properties {
    }

    /** Represents an EvaluateUnit. */
    class EvaluateUnit {

        /**
         * Constructs a new EvaluateUnit.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.EvaluateUnit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** EvaluateUnit parameters. */
        parameters?: (ebm.ParametersName.$Properties|null);

        /** EvaluateUnit set. */
        set: number;

        /** EvaluateUnit rows. */
        rows?: (ebm.Range.$Properties|null);

        /**
         * Encodes the specified EvaluateUnit message. Does not implicitly {@link ebm.EvaluateUnit.verify|verify} messages.
         * @param message EvaluateUnit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.EvaluateUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an EvaluateUnit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.EvaluateUnit & ebm.EvaluateUnit.$Shape} EvaluateUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.EvaluateUnit & ebm.EvaluateUnit.$Shape;
    }

    namespace EvaluateUnit {

        /** Properties of an EvaluateUnit. */
        interface $Properties {

            /** EvaluateUnit parameters */
            parameters?: (ebm.ParametersName.$Properties|null);

            /** EvaluateUnit set */
            set?: (number|null);

            /** EvaluateUnit rows */
            rows?: (ebm.Range.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an EvaluateUnit. */
        type $Shape = ebm.EvaluateUnit.$Properties;
    }

    /**
     * Properties of an ExactUnit.
     * @deprecated Use ebm.ExactUnit.$Properties instead.
     */
    interface IExactUnit extends ebm.ExactUnit.$Properties {
    }

    /** Represents an ExactUnit. */
    class ExactUnit {

        /**
         * Constructs a new ExactUnit.
         * @param [properties] Properties to set
         */
        constructor(properties?: ebm.ExactUnit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ExactUnit parameters. */
        parameters?: (ebm.ParametersName.$Properties|null);

        /**
         * Encodes the specified ExactUnit message. Does not implicitly {@link ebm.ExactUnit.verify|verify} messages.
         * @param message ExactUnit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: ebm.ExactUnit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ExactUnit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {ebm.ExactUnit & ebm.ExactUnit.$Shape} ExactUnit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ebm.ExactUnit & ebm.ExactUnit.$Shape;
    }

    namespace ExactUnit {

        /** Properties of an ExactUnit. */
        interface $Properties {

            /** ExactUnit parameters */
            parameters?: (ebm.ParametersName.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ExactUnit. */
        type $Shape = ebm.ExactUnit.$Properties;
    }
}
