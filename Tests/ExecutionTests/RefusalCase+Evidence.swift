import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Reports of lies that prove nothing, or nothing new.
  static let evidence: [RefusalCase] = [
    reported(
      "Who is neither governor nor validator reports nothing", .notPermitted, "roles",
      "fund needs governor or validator", by: "fund"
    ) { try $0.twoBlocks() },
    reported(
      "One vote said twice is no lie", GovernanceContract.noContradiction, "second",
      "notarize of epoch 0, view 3, notarize of epoch 0, view 3"
    ) { try $0.report($0.vote(TestChain.block(1)), $0.vote(TestChain.block(1))) },
    reported(
      "Who gives up on a view after voting for its block does not lie",
      GovernanceContract.noContradiction, "second",
      "notarize of epoch 0, view 3, nullify of epoch 0, view 3"
    ) { try $0.report($0.vote(TestChain.block(1)), $0.vote(.nullify)) },
    reported(
      "Who finalizes another block than it voted for does not lie",
      GovernanceContract.noContradiction, "second",
      "notarize of epoch 0, view 3, finalize of epoch 0, view 3"
    ) { try $0.report($0.vote(TestChain.block(1)), $0.vote(TestChain.final(2))) },
    reported(
      "Two blocks in two views are no lie", GovernanceContract.noContradiction, "second",
      "notarize of epoch 0, view 3, notarize of epoch 0, view 4"
    ) { try $0.report($0.vote(TestChain.block(1)), $0.vote(TestChain.block(2), view: 4)) },
    reported(
      "Votes of two validators contradict nobody", GovernanceContract.noContradiction,
      "second.signer", "2"
    ) { try $0.report($0.vote(TestChain.block(1)), $0.vote(TestChain.block(2), by: 2)) },
    reported(
      "Who signed nothing is not accused", GovernanceContract.voteNotSigned, "second.signature",
      "of v2"
    ) {
      try $0.report(
        $0.vote(TestChain.block(1)), $0.vote(TestChain.block(2), keyOf: "validator v3"))
    },
    reported(
      "The first vote is checked as well", GovernanceContract.voteNotSigned, "first.signature",
      "of v2"
    ) {
      try $0.report(
        $0.vote(TestChain.block(1), keyOf: "g-fund"), $0.vote(TestChain.block(2)))
    },
    reported(
      "What was signed for another chain proves nothing here", GovernanceContract.voteNotSigned,
      "second.signature", "of v2"
    ) {
      try $0.report(
        $0.vote(TestChain.block(1)), $0.vote(TestChain.block(2), chainID: .zero))
    },
    reported(
      "An index that no validator has accuses nobody", .unknownSubject, "first.signer", "4"
    ) {
      try $0.report(
        $0.vote(TestChain.block(1), by: 4, keyOf: "validator v1"),
        $0.vote(TestChain.block(2), by: 4, keyOf: "validator v1"))
    },
    reported("No chain has a validator 31", malformed, "first.signer", "31") {
      try $0.report(
        $0.vote(TestChain.block(1), by: 31, keyOf: "validator v1"), $0.vote(TestChain.block(2)))
    },
    reported(
      "Votes of an epoch to come are not judged", GovernanceContract.otherEpoch, "first.epoch",
      "1, the chain is in 0"
    ) { try $0.twoBlocks(epoch: 1) },
    reported(
      "Votes of an epoch that has ended are not judged", GovernanceContract.otherEpoch,
      "first.epoch", "0, the chain is in 1",
      given: { chain in
        try chain.givenDecision("p", .settings { $0.heartbeatMs = 5_000 })
        try chain.endEpoch()
      }
    ) { try $0.twoBlocks() },
    reported(
      "A second lie of one validator in one epoch is no news",
      GovernanceContract.alreadyReported, "validator", "v2",
      given: { try $0.given("validator v1", $0.twoBlocks()) }
    ) { try $0.report($0.vote(.nullify, view: 9), $0.vote(TestChain.final(1), view: 9)) },
    reported("A signature has 64 bytes", malformed, "second.signature", "65 bytes") {
      var vote = try $0.vote(TestChain.block(2))
      vote.signature.append(0)
      return try $0.report($0.vote(TestChain.block(1)), vote)
    },
    reported("A block's hash has 32 bytes", malformed, "first.block", "33 bytes") {
      var vote = try $0.vote(TestChain.block(1))
      vote.block.append(0)
      return try $0.report(vote, $0.vote(TestChain.block(2)))
    },
    reported("A vote has one of three kinds", malformed, "first.kind", "4") {
      var vote = try $0.vote(TestChain.block(1))
      vote.kind = 4
      return try $0.report(vote, $0.vote(TestChain.block(2)))
    },
    reported("A vote is not left out", malformed, "first.signature", "0 bytes") {
      try $0.report(WirePeerVote(), $0.vote(TestChain.block(2)))
    },
    reported(
      "A report is not padded", .malformedArguments, "yilian.v1.ReportEquivocation",
      "65540 bytes"
    ) {
      var request = try $0.twoBlocks()
      // A field that the message does not have.
      let padding = 65_540 - request.arguments.count - 4
      request.arguments +=
        [0x1a] + [UInt8(padding & 0x7f) | 0x80, UInt8(padding >> 7 & 0x7f) | 0x80]
      request.arguments += [UInt8(padding >> 14)] + [UInt8](repeating: 0, count: padding)
      return request
    },
  ]

  private static let malformed = GovernanceContract.malformed

  private static func reported(
    _ title: String, _ code: Refusal.Code, _ field: String, _ value: String,
    by member: String = "validator v1",
    given: @escaping @Sendable (inout TestChain) throws -> Void = { _ in },
    when: @escaping @Sendable (TestChain) throws -> Request
  ) -> RefusalCase {
    RefusalCase(
      title, code, field: field, value: value, by: member, given: given, when: when)
  }
}
