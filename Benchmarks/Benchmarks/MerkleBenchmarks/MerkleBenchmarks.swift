import Benchmark
import Cryptography
import Merkle

/// The trees at 100,000 entries, all in memory: what hashing and walking cost without a disk.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], maxDuration: .seconds(2), maxIterations: 100_000)

  for id in SuiteID.allCases {
    let log = { try LogSample(suite: id.suite) }
    let index = { try IndexSample(suite: id.suite) }
    measure("\(id.name)-log-append-1024", on: log) { sample, _ in
      // A copy, so that each measurement starts from the same size.
      var log = sample.log
      blackHole(log.append(sample.newLeaves))
      blackHole(log.root)
    }
    measure("\(id.name)-log-prove", on: log) { sample, iteration in
      blackHole(try sample.proof(of: iteration % LogSample.size))
    }
    measure("\(id.name)-log-verify", repeating: .kilo, on: log) { sample, _ in
      let isValid = sample.proof.verify(
        leafHash: sample.provenLeaf, head: sample.head, suite: sample.suite)
      precondition(isValid, "the time of a refusal is another one")
    }
    measure("\(id.name)-index-update-2048", on: index) { sample, _ in
      blackHole(try sample.tree.update(sample.newEntries, base: sample.base, to: sample.next))
    }
    measure("\(id.name)-index-prove", on: index) { sample, iteration in
      blackHole(try sample.proof(of: sample.keys[iteration % sample.keys.count]))
    }
    measure("\(id.name)-index-verify", repeating: .kilo, on: index) { sample, _ in
      let isValid = sample.proof.verifyInclusion(
        key: sample.keys[0], value: sample.values[0], root: sample.root, suite: sample.suite)
      precondition(isValid, "the time of a refusal is another one")
    }
  }
}

/// Registers one operation on a sample that is made once, before measuring.
/// - Parameters:
///   - factor: Operations per measurement; more than one where an operation is so short that
///     reading the clock would show.
///   - body: Takes the sample and the number of the measurement, from 0.
private func measure<Sample>(
  _ name: String, repeating factor: BenchmarkScalingFactor = .one,
  on sample: @escaping () throws -> Sample, _ body: @escaping (Sample, Int) throws -> Void
) {
  Benchmark(name, configuration: .init(scalingFactor: factor)) { benchmark, sample in
    for _ in benchmark.scaledIterations { try body(sample, benchmark.currentIteration) }
  } setup: {
    try sample()
  }
}
