internal import Foundation
internal import Simulator
internal import Synchronization

/// Runs many seeds on several cores and shows how far it is.
final class SeedRun: Sendable {
  private struct Progress {
    var next: UInt64
    var done: UInt64 = 0
    var failures = 0
    var running: Set<UInt64> = []
    var slowestMs: (recovery: UInt64, seed: UInt64) = (0, 0)
    var height: UInt64 = 0
    var toldAt = ContinuousClock.now
  }

  private let arguments: Arguments
  private let progress: Mutex<Progress>
  private let started = ContinuousClock.now

  init(_ arguments: Arguments) {
    self.arguments = arguments
    progress = Mutex(Progress(next: arguments.seeds.lowerBound))
  }

  /// - Returns: Whether no run failed.
  func run() async throws -> Bool {
    try await withThrowingTaskGroup { group in
      for _ in 0..<arguments.jobs {
        group.addTask { while let seed = self.take() { try self.run(seed) } }
      }
      try await group.waitForAll()
    }
    Self.say(line)
    return progress.withLock { $0.failures == 0 }
  }

  /// Unlike `print`, at once, also into a file.
  private static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  private func take() -> UInt64? {
    progress.withLock { progress in
      guard progress.next < arguments.seeds.upperBound else { return nil }
      defer { progress.next += 1 }
      progress.running.insert(progress.next)
      return progress.next
    }
  }

  private func run(_ seed: UInt64) throws {
    var options = SimulationOptions(seed: seed)
    options.sabotage = arguments.sabotage
    let outcome = try Simulation.run(options)
    progress.withLock { progress in
      progress.done += 1
      progress.running.remove(seed)
      progress.height += outcome.height
      if let recovery = outcome.recoveryMs, recovery > progress.slowestMs.recovery {
        progress.slowestMs = (recovery, seed)
      }
      if !outcome.faults.isEmpty { progress.failures += 1 }
    }
    // Told by whoever is done: the threads are all taken by runs.
    let isDue = progress.withLock { progress in
      guard ContinuousClock.now - progress.toldAt >= .seconds(1) else { return false }
      progress.toldAt = ContinuousClock.now
      return true
    }
    if isDue { Self.say(line) }
    if let fault = outcome.faults.first {
      Self.say("FAILED seed \(seed): \(fault)")
      Self.say("  scripts/simulate --seeds 1 --from \(seed) --trace")
    }
  }

  private var line: String {
    let progress = progress.withLock { $0 }
    let seconds = max(0.001, (ContinuousClock.now - started) / .seconds(1))
    let rate = Double(progress.done) / seconds
    let count = UInt64(arguments.seeds.count)
    let left = rate > 0 ? "\(Int(Double(count - progress.done) / rate)) s" : "?"
    let perSecond = (rate * 10).rounded() / 10
    return "\(progress.done) of \(count) done, \(progress.failures) failed, \(perSecond) seeds/s, "
      + "\(left) left; \(progress.height) blocks; slowest recovery "
      + "\(progress.slowestMs.recovery) ms (seed \(progress.slowestMs.seed)); running "
      + "\(progress.running.sorted().map { "\($0)" }.joined(separator: " "))"
  }
}
