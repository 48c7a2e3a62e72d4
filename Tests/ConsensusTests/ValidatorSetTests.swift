import Cryptography
import LedgerModel
import Testing

@Suite struct ValidatorSetTests {
  @Test("The quorum is the least that makes any two share an honest validator")
  func quorum() throws {
    for count in 1...Committee.countMax {
      let committee = try #require(Committee(count: count))
      // The slow twin: try every number.
      let faulty = try #require((0...count).last { 3 * $0 < count })
      let votes = try #require((0...count).first { 2 * $0 - count > faulty })
      #expect(committee.maxFaulty == faulty)
      #expect(committee.quorum == votes)
      #expect(committee.quorum <= count - faulty)
    }
    #expect(Committee(count: 0) == nil)
    #expect(Committee(count: 32) == nil)
  }

  @Test("Every validator leads once in as many views as there are validators")
  func leaders() throws {
    let committee = try #require(Committee(count: 7))
    #expect((14..<21).map { committee.leader(epoch: 0, view: $0) } == Array(0..<7))
  }

  @Test(
    "The digest is over the domain, the epoch, the count, and each name and key with its length")
  func digest() throws {
    let suite = SuiteID.intl.suite
    let keys = try (0..<2).map { _ in try suite.generateSigningKey().publicKey }
    let set = try ValidatorSet([
      Validator(name: "a", publicKey: keys[0]), Validator(name: "北", publicKey: keys[1]),
    ])
    let bytes: [UInt8] =
      [0x25, 0, 0, 0, 0, 0, 0, 0, 7, 2, 0, 1, 0x61, 0, 32] + keys[0].encoded + [
        0, 3, 0xe5, 0x8c, 0x97, 0, 32,
      ]
      + keys[1].encoded
    #expect(set.hash(epoch: 7, suite: suite) == suite.hash(bytes.span))
  }

  @Test("A set with two equal keys or names, or without members, is refused")
  func refusals() throws {
    let suite = SuiteID.intl.suite
    let keys = try (0..<2).map { _ in try suite.generateSigningKey().publicKey }
    func make(_ members: [(String, Int)]) throws {
      _ = try ValidatorSet(members.map { Validator(name: $0.0, publicKey: keys[$0.1]) })
    }
    try make([("a", 0), ("b", 1)])
    #expect(throws: ValidatorSetFault.repeatedKey(0, 1)) { try make([("a", 0), ("b", 0)]) }
    #expect(throws: ValidatorSetFault.repeatedName(0, 1)) { try make([("a", 0), ("a", 1)]) }
    #expect(throws: ValidatorSetFault.nameLength(index: 1)) { try make([("a", 0), ("", 1)]) }
    #expect(throws: ValidatorSetFault.count(0)) { try make([]) }
  }
}
