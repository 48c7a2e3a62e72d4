import BuiltinContracts
import Cryptography
import LedgerModel
import Wire

/// What validators sign, and reports of it.
extension TestChain {
  /// A block that one may vote for.
  static func block(_ number: UInt8) -> VoteSubject.Statement {
    .notarize(parentView: 2, block: digest(number))
  }

  static func final(_ number: UInt8) -> VoteSubject.Statement {
    .finalize(parentView: 2, block: digest(number))
  }

  private static func digest(_ number: UInt8) -> Digest {
    Digest([UInt8](repeating: number, count: 32)) ?? .zero
  }

  /// A vote about view 3 that validator `v2` signs, unless said otherwise.
  func vote(
    _ statement: VoteSubject.Statement, epoch: UInt64 = 0, view: UInt64 = 3, by signer: Int = 1,
    keyOf member: String? = nil, chainID: Digest? = nil
  ) throws -> WirePeerVote {
    let subject = VoteSubject(epoch: epoch, view: view, statement: statement)
    let signature = try sign(
      subject.signingBytes(chainID: chainID ?? genesis.chainID),
      as: member ?? Member.id(ofValidator: "v\(signer + 1)"))
    return Vote(subject: subject, signer: signer, signature: signature).wire
  }

  func report(_ first: WirePeerVote, _ second: WirePeerVote) -> Request {
    var call = WireReportEquivocation()
    call.first = first
    call.second = second
    return Request(
      contract: Governance.contract, method: Governance.reportEquivocation,
      arguments: call.encoded)
  }

  /// That a validator voted for two blocks.
  func twoBlocks(epoch: UInt64 = 0, view: UInt64 = 3, by signer: Int = 1) throws -> Request {
    report(
      try vote(Self.block(1), epoch: epoch, view: view, by: signer),
      try vote(Self.block(2), epoch: epoch, view: view, by: signer))
  }

  /// What the ledger says of the newest epoch that has lies.
  func evidence() throws -> [WireEquivocation] {
    guard let state = asset(Governance.evidence) else { return [] }
    return try WireEvidence(strict: state.value, limit: Limits.valueBytes).equivocations
  }
}
