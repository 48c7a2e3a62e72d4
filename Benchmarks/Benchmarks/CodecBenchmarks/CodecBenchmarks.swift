import Benchmark
import Cryptography
import EInvoice
import LedgerModel

/// What a node or client does with the bytes of each message. Suite `sm`, whose hash is part of
/// reading a transaction and of both directions of a header.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], maxDuration: .seconds(1), maxIterations: 100_000)

  for calls in [1, 1_024] {
    let factor: BenchmarkScalingFactor = calls == 1 ? .kilo : .one
    let make = { try TransactionSample(calls: calls) }
    measure("transaction-\(calls)-encode", repeating: factor, on: make) {
      blackHole($0.transaction.encoded(withAttachments: false))
    }
    measure("transaction-\(calls)-decode", repeating: factor, on: make) {
      blackHole(
        try Transaction(decoding: $0.encoded, suite: $0.suite, attachmentsIncluded: false))
    }
  }
  measure("header-encode", repeating: .kilo, on: BlockSample.init) { blackHole($0.makeHeader()) }
  measure("header-decode", repeating: .kilo, on: BlockSample.init) {
    blackHole(try BlockHeader(decoding: $0.header.encoded, suite: $0.suite))
  }
  measure("receipt-encode", repeating: .kilo, on: BlockSample.init) {
    blackHole($0.receipt.encoded)
  }
  measure("receipt-decode", repeating: .kilo, on: BlockSample.init) {
    blackHole(try Receipt(decoding: $0.encodedReceipt))
  }
  measure("invoice-parse", on: InvoiceSample.init) { blackHole(try $0.parser.parse($0.file)) }
}

/// Registers one operation on a sample that is made once, before measuring.
/// - Parameter factor: Operations per measurement; more than one where an operation is so short
///   that reading the clock would show.
private func measure<Sample>(
  _ name: String, repeating factor: BenchmarkScalingFactor = .one,
  on sample: @escaping () throws -> Sample,
  _ body: @escaping (Sample) throws -> Void
) {
  Benchmark(name, configuration: .init(scalingFactor: factor)) { benchmark, sample in
    for _ in benchmark.scaledIterations { try body(sample) }
  } setup: {
    try sample()
  }
}
