import BuiltinContracts
import TestLedger
import Testing

@testable import BuiltinContracts

/// Which statement is in force at which time, against a clerk who writes everything down.
struct IdentityTwinTests {
  /// What the clerk knows of a statement: when it came, and each revocation that came after it.
  private struct Entry {
    let statement: RelayIdentityStatement
    let recognisedMs: UInt64
    var revokedMs: [UInt64] = []

    func isInForce(_ time: UInt64) -> Bool {
      statement.validFromMs <= time && time < statement.validUntilMs
        && !revokedMs.contains { $0 <= time }
    }
  }

  @Test("At any time the statement counts that a clerk would find in force")
  func twin() {
    var inForce = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var identity = RelayIdentity()
      var clerk: [Entry] = []
      var now: UInt64 = 100
      // No more than are kept.
      for version in 1...8 as ClosedRange<UInt32> {
        now += random.next() % 10
        if random.next().isMultiple(of: 3) {
          // By a packet that was sent earlier, or now.
          let time = now - random.next() % 30
          identity.revoke(fromMs: time)
          for index in clerk.indices { clerk[index].revokedMs.append(time) }
          continue
        }
        var recognition = RelayRecognition()
        recognition.statement.version = version
        recognition.statement.validFromMs = now + random.next() % 20 - 10
        recognition.statement.validUntilMs =
          recognition.statement.validFromMs + 1 + random.next() % 60
        recognition.recognisedMs = now
        identity.add(recognition)
        clerk.append(Entry(statement: recognition.statement, recognisedMs: now))
      }
      for time in 60...240 as ClosedRange<UInt64> {
        let newest = clerk.last { $0.recognisedMs <= time }
        let expected = newest.flatMap { $0.isInForce(time) ? $0.statement : nil }
        #expect(identity.statement(inForceAtMs: time) == expected, "seed \(seed), time \(time)")
        if expected != nil { inForce += 1 }
      }
    }
    // Otherwise this would not say much.
    #expect(inForce > 1_000)
  }

  @Test("Of many statements the newest are kept, and older ones are in force no more")
  func bounded() {
    var identity = RelayIdentity()
    for number in 1...20 as ClosedRange<UInt32> {
      var recognition = RelayRecognition()
      recognition.statement.version = number
      recognition.statement.validUntilMs = 1_000
      recognition.recognisedMs = UInt64(number)
      identity.add(recognition)
    }
    #expect(identity.recognitions.map(\.statement.version) == Array(13...20))
    #expect(identity.version == 20)
    #expect(identity.statement(inForceAtMs: 12) == nil)
    #expect(identity.statement(inForceAtMs: 13)?.version == 13)
    #expect(identity.statement(inForceAtMs: 999)?.version == 20)
  }

  @Test("A revocation without a time, as of another version, revokes all the same")
  func timeless() {
    var identity = RelayIdentity()
    var recognition = RelayRecognition()
    recognition.statement.validUntilMs = 1_000
    recognition.recognisedMs = 5
    recognition.revokedMs = 10
    identity.add(recognition)
    identity.revoke(fromMs: 0)
    #expect(identity.statement(inForceAtMs: 7) == nil)
  }
}
