import Benchmark
import Cryptography

/// Every operation of each suite.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], maxDuration: .seconds(1), maxIterations: 100_000)

  for id in SuiteID.allCases {
    measure(id, "hash-node", repeating: .kilo) { sample in
      blackHole(sample.suite.hash(domain: 0x01, sample.left, sample.right))
    }
    measure(id, "hash-1KiB", repeating: .kilo) { sample in
      blackHole(sample.suite.hash(sample.oneKiB.span))
    }
    measure(id, "hash-4KiB", repeating: .kilo) { sample in
      blackHole(sample.suite.hash(sample.fourKiB.span))
    }
    measure(id, "sign") { sample in
      blackHole(try sample.suite.sign(sample.message.span, with: sample.signing))
    }
    measure(id, "verify") { sample in
      let isValid = sample.suite.isValid(
        sample.signature, of: sample.message.span, by: sample.signing.publicKey)
      precondition(isValid, "the time of a refusal is another one")
    }
    measure(id, "seal-4KiB", repeating: .kilo) { sample in
      blackHole(
        try sample.suite.seal(
          sample.fourKiB.span, key: sample.secret, nonce: sample.nonce,
          authenticating: sample.message.span))
    }
    measure(id, "open-4KiB", repeating: .kilo) { sample in
      blackHole(
        try sample.suite.open(
          sample.sealed.span, key: sample.secret, nonce: sample.nonce,
          authenticating: sample.message.span))
    }
    measure(id, "wrap") { sample in
      blackHole(try sample.suite.wrap(sample.secret, to: sample.sealing.publicKey))
    }
    measure(id, "unwrap") { sample in
      blackHole(try sample.suite.unwrap(sample.wrapped, with: sample.sealing))
    }
    measure(id, "agree") { sample in
      blackHole(try sample.suite.agree(sample.sealing, with: sample.peer))
    }
  }
}

/// Registers one operation of one suite.
/// - Parameter factor: Operations per measurement; more than one where an operation is so short
///   that reading the clock would show.
private func measure(
  _ id: SuiteID, _ operation: String, repeating factor: BenchmarkScalingFactor = .one,
  _ body: @escaping (SuiteSample) throws -> Void
) {
  Benchmark("\(id.name)-\(operation)", configuration: .init(scalingFactor: factor)) {
    benchmark, sample in
    for _ in benchmark.scaledIterations { try body(sample) }
  } setup: {
    try SuiteSample(id.suite)
  }
}
