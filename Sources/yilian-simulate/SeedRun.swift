internal import Foundation
internal import Simulator
internal import Synchronization

/// Runs many seeds on several cores and shows how far it is.
final class SeedRun: Sendable {
  private struct Progress {
    var next: UInt64
    var done: UInt64 = 0
    var failed: [UInt64] = []
    var running: Set<UInt64> = []
    /// The recovery that came nearest to what is allowed.
    var slowest: (recoveryMs: UInt64, allowedMs: UInt64, seed: UInt64) = (0, 1, 0)
    var height: UInt64 = 0
    var toldAt = ContinuousClock.now

    mutating func count(_ outcome: Simulation.Outcome, of seed: UInt64) {
      height += outcome.height
      guard let recoveryMs = outcome.recoveryMs else { return }
      if recoveryMs * slowest.allowedMs > slowest.recoveryMs * outcome.patienceMs {
        slowest = (recoveryMs, outcome.patienceMs, seed)
      }
    }
  }

  private let arguments: Arguments
  private let progress: Mutex<Progress>
  private let started = ContinuousClock.now
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  /// Characters shown of a fault; the trace shows all of it.
  private static let faultShown = 300

  init(_ arguments: Arguments) {
    self.arguments = arguments
    progress = Mutex(Progress(next: arguments.seeds.lowerBound))
  }

  /// - Returns: Whether no run failed.
  func run() async -> Bool {
    await withTaskGroup { group in
      for _ in 0..<arguments.jobs {
        group.addTask { while let seed = self.take() { self.run(seed) } }
      }
      await group.waitForAll()
    }
    say(line)
    let failed = progress.withLock { $0.failed.sorted() }
    if !failed.isEmpty {
      say("failed:")
      for seed in failed { say("  \(repeating(seed))") }
    }
    return failed.isEmpty
  }

  private func repeating(_ seed: UInt64) -> String {
    "scripts/simulate --seeds 1 --from \(seed) --trace"
      + (arguments.sabotageName.map { " --break \($0)" } ?? "")
  }

  /// Unlike `print`, at once, also into a file.
  /// - Parameter isPassing: The next text takes its place, on a terminal.
  private func say(_ text: String, isPassing: Bool = false) {
    let text = isTerminal ? "\r\u{1b}[K" + text + (isPassing ? "" : "\n") : text + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private func take() -> UInt64? {
    progress.withLock { progress in
      guard progress.next < arguments.seeds.upperBound else { return nil }
      defer { progress.next += 1 }
      progress.running.insert(progress.next)
      return progress.next
    }
  }

  private func run(_ seed: UInt64) {
    var options = SimulationOptions(seed: seed)
    options.sabotage = arguments.sabotage
    let fault: String?
    do {
      let outcome = try Simulation.run(options)
      fault = outcome.faults.first
      progress.withLock { $0.count(outcome, of: seed) }
    } catch {
      fault = "the simulator itself: \(error)"
    }
    // Told by whoever is done: the threads are all taken by runs.
    let isDue = progress.withLock { progress in
      progress.done += 1
      progress.running.remove(seed)
      if fault != nil { progress.failed.append(seed) }
      guard ContinuousClock.now - progress.toldAt >= .seconds(isTerminal ? 1 : 10) else {
        return false
      }
      progress.toldAt = ContinuousClock.now
      return true
    }
    if let fault {
      say("FAILED seed \(seed): \(fault.prefix(Self.faultShown))\n  \(repeating(seed))")
    }
    if isDue { say(line, isPassing: true) }
  }

  private var line: String {
    let progress = progress.withLock { $0 }
    let seconds = max(0.001, (ContinuousClock.now - started) / .seconds(1))
    let rate = Double(progress.done) / seconds
    let count = UInt64(arguments.seeds.count)
    let left = rate > 0 ? "\(Int(Double(count - progress.done) / rate)) s" : "?"
    let perSecond = (rate * 10).rounded() / 10
    let (recovery, allowed, seed) = progress.slowest
    return "\(progress.done) of \(count) done, \(progress.failed.count) failed, "
      + "\(perSecond) seeds/s, \(left) left; \(progress.height) blocks; slowest recovery "
      + "\(recovery) of \(allowed) ms (seed \(seed)); running "
      + "\(progress.running.sorted().map { "\($0)" }.joined(separator: " "))"
  }
}
