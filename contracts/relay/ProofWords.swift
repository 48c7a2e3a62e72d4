internal import LedgerModel
internal import LightVerifier
internal import SwiftProtobuf
internal import Wire

// Proofs that travel in arguments, and why they prove nothing. Receipts are hashed, so these words
// stay.

extension Message {
  /// Reads a message of the ledger that travels as bytes.
  init(relayed bytes: [UInt8], field: String) throws(Refusal) {
    do {
      try self.init(strict: bytes, limit: Limits.argumentBytes)
    } catch {
      throw Refusal(RelayContract.malformed, field: field, value: "\(bytes.count) bytes")
    }
  }
}

extension ModelFault {
  /// Which field of a header or certificate is not as it must be.
  var word: String {
    switch self {
    case .wire: "malformed"
    case .invalid(let field, _, _): field
    }
  }
}

extension ProofFault {
  /// Which rule of docs/spec/05-proofs.md failed.
  var word: String {
    switch self {
    case .malformed(let fault): fault.word
    case .malformedPart: "malformed"
    case .otherChain: "other_chain"
    case .otherValidators: "other_validators"
    case .unknownEpoch: "unknown_epoch"
    case .brokenLink: "broken_link"
    case .notLinked: "not_linked"
    case .contradiction: "contradiction"
    case .notFinalised: "not_finalised"
    case .notInIndex: "not_in_index"
    case .absenceNotShown: "absence_not_shown"
    case .wrongValue: "wrong_value"
    case .brokenTrail: "broken_trail"
    case .notInLog: "not_in_log"
    case .notConsistent: "not_consistent"
    case .otherAnswer: "other_answer"
    case .tooOld: "too_old"
    }
  }
}
