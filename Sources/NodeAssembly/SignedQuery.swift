internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeAPI
internal import Wire

// Who asks what only a member may.

extension WireSignedQuery {
  /// How far the asker's clock may be from the node's, in milliseconds.
  private static var windowMs: UInt64 { 60_000 }

  /// The member who asks, if chain, signature, time and standing are as they must be.
  /// - Parameters: What the query's body says; `nowMs` is the node's time.
  /// - Source: docs/spec/10-sealing.md, rule C5.
  func asker(
    _ id: String, chainID: [UInt8], timeMs: UInt64, admission: Admission, ledger: Ledger,
    nowMs: UInt64
  ) throws(Problem) -> Member {
    guard chainID == ledger.genesis.chainID.bytes else {
      throw Problem(
        "transaction.other_chain", status: 409, field: "chain_id", value: chainID.hex,
        remedy: "this node serves chain \(ledger.genesis.chainID.hex)")
    }
    let member = try admission.member(id)
    let key = try admission.key(of: member)
    guard let signature = Signature(signature.octets),
      ledger.suite.isValid(
        signature, of: ledger.suite.hash(.query, body.octets).bytes.span, by: key)
    else {
      throw Problem(
        Refusal(.wrongSignature, field: "signature", value: "of member \(member.id)"), status: 401)
    }
    let distance = max(nowMs, timeMs) - min(nowMs, timeMs)
    guard distance <= Self.windowMs else {
      throw Problem(
        "query.out_of_time", status: 401, field: "time_ms", value: "\(timeMs)",
        remedy: "the node's clock says \(nowMs): sign the question anew, and set the clock")
    }
    try admission.checkStanding(of: member)
    return member
  }
}
