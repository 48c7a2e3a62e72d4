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
