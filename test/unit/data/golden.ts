// Files as other programs wrote them: NumPy 2.4.6, safetensors (Python) and Pillow 13.0, in base64.
const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

export const GOLDEN = {
  /** numpy.arange(24).reshape(2, 3, 4) / 32 as big-endian float16 in Fortran order. */
  halfFortran: bytes('k05VTVBZAQB2AHsnZGVzY3InOiAnPmYyJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAADYAMAA4ADQAOQAoADaAMQA4QDSAOUAsADcAMgA4gDUAOYAuADeAMwA4wDWAOcA='),
  /** savez_compressed(x_train=arange(12, uint8).reshape(3, 4) * 20, x_test=[[0, 255, 0, 255]], y_train=arange(3)). */
  compressedArchive: bytes('UEsDBC0AAAAIAAAAIQDmeJyD//////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABTAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CiaaOgq1CmQDLgYRDZuAlIqeBVtO3AEAUEsDBC0AAAAIAAAAIQDHk33f//////////8KABQAeF90ZXN0Lm5weQEAEACEAAAAAAAAAEoAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkahjoKJpo6CrUKZAMuhv8M/wFQSwMELQAAAAgAAAAhAPdAEur//////////wsAFAB5X3RyYWluLm5weQEAEACYAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALgYoYITSTFAaAFBLAQItAy0AAAAIAAAAIQDmeJyDUwAAAIwAAAALAAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQDHk33fSgAAAIQAAAAKAAAAAAAAAAAAAACAAZAAAAB4X3Rlc3QubnB5UEsBAi0DLQAAAAgAAAAhAPdAEupMAAAAmAAAAAsAAAAAAAAAAAAAAIABFgEAAHlfdHJhaW4ubnB5UEsFBgAAAAADAAMAqgAAAJ8BAAAAAA=='),
  /** numpy.array([{}, 1], dtype=object): a pickle. */
  pickled: bytes('k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJWOAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwKFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlCh9lEsBZXSUYi4='),
  /** numpy.zeros(2, dtype=[('a', '<f4'), ('b', 'u1')]). */
  records: bytes('k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpLCAoJ2InLCAnfHUxJyldLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAA'),
  /** numpy.array([[True, False], [False, True]]). */
  truths: bytes('k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAB'),
  /** safetensors.numpy.save({'x': arange(6).reshape(2, 3) / 5 as float32}). */
  safetensors: bytes('QAAAAAAAAAB7IngiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzAsMjRdfX0gICAgICAgAAAAAM3MTD7NzMw+mpkZP83MTD8AAIA/'),
  /** 5 x 2, a palette of black, red, green, blue and white, 4 bits a pixel: colours 0 1 2 3 4 and 4 3 2 1 0. */
  palettePng: bytes('iVBORw0KGgoAAAANSUhEUgAAAAUAAAACBAMAAABiRAtuAAAAD1BMVEUAAAD/AAAA/wAAAP////+B57DtAAAAEElEQVR4nGNkVJJlcFZkAAACfwCmiGiMlQAAAABJRU5ErkJggg=='),
  /** 9 x 2, 1 bit a pixel: 1 0 1 0 0 0 0 0 1 and 0 0 0 0 0 0 0 0 1. */
  bitPng: bytes('iVBORw0KGgoAAAANSUhEUgAAAAkAAAACAQAAAACiLct+AAAADklEQVR4nGNc8IApgQEAB3IB5PRiMXAAAAAASUVORK5CYII='),
} as const;
