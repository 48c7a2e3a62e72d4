internal import Cryptography
internal import Foundation
internal import Synchronization

/// How many signatures of the suite this machine checks, with all its cores and nothing else to do.
struct BareVerify {
  private static let seconds = 2.0

  let suite: any CryptoSuite

  /// Checks a second, over two seconds.
  func rate() async throws -> Double {
    let key = try suite.generateSigningKey()
    let message = randomBytes(32)
    let signature = try suite.sign(message.span, with: key)
    let (suite, publicKey) = (self.suite, key.publicKey)
    let total = Atomic<Int>(0)
    let elapsed = await Workers.run { _ in
      let end = ContinuousClock.now + .seconds(Self.seconds)
      var count = 0
      while ContinuousClock.now < end {
        for _ in 0..<16 where suite.isValid(signature, of: message.span, by: publicKey) {
          count += 1
        }
      }
      total.add(count, ordering: .relaxed)
    }
    return Double(total.load(ordering: .relaxed)) / elapsed
  }
}

/// Runs work on as many threads as there are cores, off the cooperative pool.
enum Workers {
  static let count = ProcessInfo.processInfo.activeProcessorCount

  /// - Returns: Seconds until the last one was done.
  static func run(_ body: @escaping @Sendable (_ worker: Int) -> Void) async -> Double {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
        continuation.resume(returning: (ContinuousClock.now - start).seconds)
      }
    }
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
