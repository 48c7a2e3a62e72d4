public import Cryptography

/// What a router found wrong with what another one brought, or with what it was told.
public enum RouterFault: Error, Hashable, Sendable {
  /// Not of the form of docs/spec/21-routers.md.
  case malformed(field: String, value: String)
  /// The answer is to another question.
  case otherAnswer(field: String, value: String)
  /// A packet's content is not what its source committed to, or its record is not true.
  case content(sequence: UInt64, ContentFault)
  case cryptography(CryptographyFault)

  /// Why the content of a packet cannot be passed on.
  public enum ContentFault: Hashable, Sendable {
    /// The other router says that it cannot open it.
    case withheld(reason: String)
    /// Sealed anew it is larger than what may travel beside a call here.
    case tooLarge(bytes: Int)
    /// It does not open with the key that came with it, or belongs to another packet.
    case doesNotOpen
    /// It opens, and is something else than what the source committed to.
    case otherCommitment
    /// The record of re-encryption is not signed by the router that sent it.
    case unsignedRecord
    /// The record says something else than what came with it.
    case otherRecord(field: String)
  }

  static func suite(_ name: String, _ field: String) throws(RouterFault) -> any CryptoSuite {
    guard let id = SuiteID(name: name) else { throw .malformed(field: field, value: name) }
    return id.suite
  }
}

extension RouterFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let field, let value): "malformed \(field): \(value)"
    case .otherAnswer(let field, let value): "answers something else: \(field) is \(value)"
    case .content(let sequence, let fault): "content of packet \(sequence): \(fault)"
    case .cryptography(let fault): "\(fault)"
    }
  }

  /// For metrics and notes: stable.
  public var word: String {
    switch self {
    case .malformed: "malformed"
    case .otherAnswer: "other_answer"
    case .cryptography: "cryptography"
    case .content(_, let fault): fault.word
    }
  }
}

extension RouterFault.ContentFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .withheld(let reason): "withheld: \(reason)"
    case .tooLarge(let bytes): "it has \(bytes) bytes here, which is too much"
    case .doesNotOpen: "it does not open"
    case .otherCommitment: "it is not what the source committed to"
    case .unsignedRecord: "the record of re-encryption is not signed by its router"
    case .otherRecord(let field): "the record of re-encryption has another \(field)"
    }
  }

  var word: String {
    switch self {
    case .withheld: "withheld"
    case .tooLarge: "too_large"
    case .doesNotOpen: "does_not_open"
    case .otherCommitment: "other_commitment"
    case .unsignedRecord: "unsigned_record"
    case .otherRecord: "other_record"
    }
  }
}
