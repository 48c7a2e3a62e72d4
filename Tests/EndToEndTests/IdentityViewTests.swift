import BuiltinContracts
import Testing
import Wire

@testable import yilian

/// What has become of a recognition, in words.
@Suite("Identity in words")
struct IdentityViewTests {
  private static let key: [UInt8] = [1, 2, 3]

  private func state(
    atMs time: UInt64, isNewest: Bool = true, key: [UInt8]? = Self.key, revokedMs: UInt64 = 0
  ) -> String {
    var recognition = RelayRecognition()
    recognition.statement.localKey = Self.key.data
    recognition.statement.validFromMs = 100
    recognition.statement.validUntilMs = 200
    recognition.revokedMs = revokedMs
    return recognition.state(isNewest: isNewest, localKey: key, timeMs: time)
  }

  @Test("A statement is in force from its first millisecond until before its end")
  func times() {
    #expect(
      [99, 100, 199, 200].map { state(atMs: $0) }
        == ["not yet valid", "in force", "in force", "expired"])
  }

  @Test("A statement is not in force once the member here has another key, or none is registered")
  func keys() {
    #expect(state(atMs: 150, key: [1, 2, 4]) == "key replaced")
    #expect(state(atMs: 150, key: nil) == "key replaced")
  }

  @Test("What was revoked or replaced says so whatever the time and the key")
  func ended() {
    #expect(state(atMs: 150, key: [4], revokedMs: 120) == "revoked")
    #expect(state(atMs: 300, isNewest: false, key: [4]) == "replaced")
  }

  @Test("A timeout that no number holds is the last time, not a trap")
  func timeouts() {
    #expect(timeMs(inSeconds: .max) == .max)
    #expect(timeMs(inSeconds: UInt64.max / 1_000) == .max)
    let now = nowMs()
    #expect(timeMs(inSeconds: 60) >= now + 60_000)
  }
}
