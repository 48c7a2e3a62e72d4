public import LedgerModel

/// Why something is not proven: which rule failed, with the values.
public enum ProofFault: Error, Hashable, Sendable {
  /// A part of the proof is not what it claims to be.
  case malformed(ModelFault)
  /// A digest, path or leaf has the wrong length or shape.
  case malformedPart(String)
  /// The header is of another chain than the genesis document.
  case otherChain(expected: String, found: String)
  /// The header names another validator set than its epoch has.
  case otherValidators
  /// No link leads to the header's epoch.
  case unknownEpoch(UInt64, newest: UInt64)
  /// A link does not lead from this epoch to the next.
  case brokenLink(epoch: UInt64, reason: String)
  /// The header does not follow from the one before it in the list.
  case notLinked(height: UInt64)
  /// The header contradicts itself, or the bounds of its epoch.
  case contradiction(field: String, value: String)
  /// The certificate does not prove that a quorum finalised this header.
  case notFinalised(reason: String)
  /// The index does not have the asset with this leaf.
  case notInIndex(AssetID)
  /// The index may have the asset: its absence is not shown.
  case absenceNotShown(AssetID)
  /// The value is not the one the index commits to.
  case wrongValue(AssetID)
  /// The trail has events missing, added, altered or out of order.
  case brokenTrail(AssetID, sequence: UInt64, reason: String)
  /// The record is not in the log at this position.
  case notInLog(position: UInt64)
  /// The log of the newer header does not begin with the older one's.
  case notConsistent(older: UInt64, newer: UInt64)
  /// The answer is about something else than was asked.
  case otherAnswer(expected: String, found: String)
  /// The node's state is older than was asked for.
  case tooOld(wanted: UInt64, proven: UInt64)
}

extension ProofFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let fault): "the proof is malformed: \(fault)"
    case .malformedPart(let part): "the proof is malformed: \(part)"
    case .otherChain(let expected, let found):
      "it is of chain \(found), the genesis document's is \(expected)"
    case .otherValidators: "its header names validators that the genesis document does not lead to"
    case .unknownEpoch(let epoch, let newest):
      "its header is of epoch \(epoch), the links lead to epoch \(newest)"
    case .brokenLink(let epoch, let reason):
      "the link from epoch \(epoch) to the next is broken: \(reason)"
    case .notLinked(let height): "header \(height) does not follow from the one before"
    case .contradiction(let field, let value): "its header contradicts itself: \(field) is \(value)"
    case .notFinalised(let reason): "its header is not finalised: \(reason)"
    case .notInIndex(let asset): "\(asset) is not in the index as claimed"
    case .absenceNotShown(let asset): "it does not show that \(asset) is absent"
    case .wrongValue(let asset): "the value of \(asset) is not the one the ledger commits to"
    case .brokenTrail(let asset, let sequence, let reason):
      "the trail of \(asset) is broken at event \(sequence): \(reason)"
    case .notInLog(let position): "the record is not in the operation log at position \(position)"
    case .notConsistent(let older, let newer):
      "the log at height \(newer) does not begin with the log at height \(older)"
    case .otherAnswer(let expected, let found): "it is about \(found), asked was \(expected)"
    case .tooOld(let wanted, let proven):
      "it proves the state of height \(proven), asked was at least \(wanted)"
    }
  }
}
