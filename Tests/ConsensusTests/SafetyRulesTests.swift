import LedgerModel
import Testing

@testable import Consensus

@Suite struct SafetyRulesTests {
  private func rules(_ journal: [JournalRecord] = [], floor: UInt64 = 0) -> SafetyRules {
    SafetyRules(epoch: 0, floor: floor, journal: journal)
  }

  @Test("Nothing of another epoch, or at or below the floor, is signed")
  func floor() throws {
    var rules = rules(floor: 4)
    #expect(throws: SafetyRefusal.settled(view: 4, floor: 4)) { try rules.permit(nullify(4)) }
    _ = try rules.permit(nullify(5))
    rules.raiseFloor(to: 9)
    #expect(throws: SafetyRefusal.settled(view: 5, floor: 9)) { try rules.permit(nullify(5)) }
    #expect(throws: SafetyRefusal.otherEpoch(1)) {
      try rules.permit(VoteSubject(epoch: 1, view: 10, statement: .nullify))
    }
  }

  @Test("A second block of a view is not notarized")
  func oneNotarize() throws {
    var rules = rules()
    let first = try proposal(1, on: 0, 1)
    #expect(try rules.permit(first.notarize).isRepeat == false)
    #expect(throws: SafetyRefusal.alreadyNotarized(first)) {
      try rules.permit(proposal(1, on: 0, 2).notarize)
    }
    #expect(try rules.permit(first.notarize).isRepeat)
  }

  @Test("A view given up is neither notarized nor finalized")
  func afterNullify() throws {
    var rules = rules()
    let block = try proposal(1, on: 0, 1)
    _ = try rules.permit(nullify(1))
    rules.recordCertified(block)
    #expect(throws: SafetyRefusal.alreadyNullified(view: 1)) { try rules.permit(block.notarize) }
    #expect(throws: SafetyRefusal.alreadyNullified(view: 1)) { try rules.permit(block.finalize) }
  }

  @Test("Only the certified block is finalized, and its view is not given up then")
  func finalize() throws {
    var rules = rules()
    let block = try proposal(1, on: 0, 1)
    let other = try proposal(1, on: 0, 2)
    #expect(throws: SafetyRefusal.notCertified(block.finalize)) { try rules.permit(block.finalize) }
    rules.recordCertified(block)
    #expect(throws: SafetyRefusal.notCertified(other.finalize)) { try rules.permit(other.finalize) }
    _ = try rules.permit(block.finalize)
    #expect(throws: SafetyRefusal.alreadyFinalized(block)) { try rules.permit(nullify(1)) }
  }

  @Test("Rules made from a journal refuse what the ones that wrote it refuse")
  func recovery() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var live = rules()
      var journal: [JournalRecord] = []
      for _ in 0..<30 {
        let block = try proposal(
          UInt64.random(in: 1...3, using: &generator), on: 0,
          UInt8.random(in: 1...2, using: &generator))
        if generator.chance(20) {
          // A view has one notarization, so one block is certified.
          guard live.said(in: block.view).certified == nil else { continue }
          live.recordCertified(block)
          journal.append(.certified(block))
          continue
        }
        let subject =
          [block.notarize, nullify(block.view), block.finalize]
          .randomElement(using: &generator) ?? block.notarize
        var recovered = rules(journal)
        let expected = Result { try live.permit(subject).isRepeat }
        let found = Result { try recovered.permit(subject).isRepeat }
        switch (expected, found) {
        case (.success(let first), .success(let second)):
          #expect(first == second)
          journal.append(.vote(subject))
        case (.failure(let first), .failure(let second)):
          #expect(first as? SafetyRefusal == second as? SafetyRefusal)
        default:
          Issue.record("\(subject): \(expected) live, \(found) recovered")
        }
      }
    }
  }
}
