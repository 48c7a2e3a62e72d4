import Consensus
import Cryptography
import LedgerModel
import Testing

@Suite struct VoteTests {
  @Test("The bytes that are signed never change")
  func goldenBytes() throws {
    let chain = try digest(0xc1)
    let block = try digest(0xb2)
    let head = "53494d504c455831" + String(repeating: "c1", count: 32) + "0000000000000005"
    let tail = "0102030405060708" + "0102030405060707" + String(repeating: "b2", count: 32)
    func bytes(_ statement: VoteSubject.Statement) -> String {
      VoteSubject(epoch: 5, view: 0x0102_0304_0506_0708, statement: statement)
        .signingBytes(chainID: chain).hex
    }
    let parentView: UInt64 = 0x0102_0304_0506_0707
    #expect(bytes(.notarize(parentView: parentView, block: block)) == head + "01" + tail)
    #expect(bytes(.nullify) == head + "02" + "0102030405060708")
    #expect(bytes(.finalize(parentView: parentView, block: block)) == head + "03" + tail)
  }

  @Test("Two statements exclude each other if the rules of signing permit both in no order")
  func exclusion() throws {
    let blocks = try [proposal(3, on: 2, 1), proposal(3, on: 2, 2), proposal(3, on: 1, 1)]
    let subjects = blocks.flatMap { [$0.notarize, $0.finalize] } + [nullify(3)]
    var exclusions = 0
    for (one, other) in subjects.flatMap({ one in subjects.map { (one, $0) } }) {
      let isPermitted = [(one, other), (other, one)].contains { first, second in
        blocks.contains { certified in
          var rules = SafetyRules(epoch: 0, floor: 0, journal: [])
          rules.recordCertified(certified)
          return (try? rules.permit(first)) != nil && (try? rules.permit(second)) != nil
        }
      }
      #expect(one.excludes(other) == !isPermitted, "\(one), \(other)")
      if !isPermitted { exclusions += 1 }
    }
    // Three blocks to notarize and to finalize, and nullify beside each finalize: both ways.
    #expect(exclusions == 2 * (3 + 3 + 3))
    let elsewhere = try [proposal(4, on: 2, 2).notarize, nullify(4)]
    for subject in elsewhere + [VoteSubject(epoch: 1, view: 3, statement: .nullify)] {
      #expect(!subjects.contains { $0.excludes(subject) || subject.excludes($0) })
    }
  }

  @Test("A vote is valid for its signer, chain and subject only", arguments: SuiteID.allCases)
  func signatures(_ id: SuiteID) throws {
    let suite = id.suite
    let keys = try (0..<2).map { _ in try suite.generateSigningKey() }
    let set = try ValidatorSet(
      keys.enumerated().map { Validator(name: "v\($0.offset)", publicKey: $0.element.publicKey) })
    let chain = try digest(1)
    let subject = nullify(3)
    let signature = try suite.sign(subject.signingBytes(chainID: chain).span, with: keys[1])

    #expect(
      Vote(subject: subject, signer: 1, signature: signature)
        .isValid(in: set, chainID: chain, suite: suite))
    for (subject, signer, chain) in [
      (subject, 0, chain), (subject, 2, chain), (subject, -1, chain), (nullify(4), 1, chain),
      (subject, 1, try digest(2)),
    ] {
      #expect(
        !Vote(subject: subject, signer: signer, signature: signature)
          .isValid(in: set, chainID: chain, suite: suite))
    }
  }
}
