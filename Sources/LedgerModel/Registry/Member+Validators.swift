internal import Cryptography
internal import Wire

/// Who signs transactions: members, and validators that report a lie under their own key.
///
/// - Source: docs/spec/02-transactions.md, rule T8.
extension Member {
  /// The only role that a validator has where it acts by itself.
  public static let validatorRole = "validator"
  /// What is before a validator's name. A name has no blank, so no member's id begins like this.
  private static let validatorPrefix = "validator "

  /// The id under which the validator of this name signs.
  public static func id(ofValidator name: String) -> String { validatorPrefix + name }

  /// Whether this is the id of a validator, not of a registered member.
  public static func isValidator(_ id: String) -> Bool {
    id.utf8.starts(with: validatorPrefix.utf8)
  }

  /// Where the ledger keeps who signs under this id.
  public static func source(of id: String) -> AssetID {
    isValidator(id) ? Registry.validators : asset(id)
  }

  /// Who signs under this id, from the value of `source(of: id)`.
  /// - Returns: `nil` if the value is not whole, or the epoch has no such validator.
  public init?(id: String, source value: [UInt8]) {
    guard Self.isValidator(id) else {
      guard let member = try? Member(decoding: value) else { return nil }
      self = member
      return
    }
    guard let record = try? WireValidatorSetRecord(strict: value, limit: Limits.valueBytes),
      let validator = record.validators.first(where: { Self.id(ofValidator: $0.name) == id })
    else { return nil }
    self.init(
      id: id, organisation: "", roles: [Self.validatorRole], region: .everywhere,
      signingKey: validator.signingKey.octets, sealingKey: [])
  }

  /// An id that may sign: a name, or a validator's name after the prefix.
  static func checkedSigner(_ id: String, field: String) throws(ModelFault) -> String {
    guard isValidator(id) else { return try id.checkedName(field: field) }
    let name = id.utf8.dropFirst(validatorPrefix.utf8.count)
    _ = try String(decoding: name, as: UTF8.self).checkedName(field: field)
    return id
  }
}

extension Transaction {
  /// T8. A validator reports one lie and does nothing else.
  func checkReport() throws(ModelFault) {
    guard body.count <= Limits.reportBytes else {
      throw .invalid(
        field: "body", value: "\(body.count) bytes",
        remedy: "a validator's own transaction has at most \(Limits.reportBytes) bytes")
    }
    guard calls.count == 1, calls[0].contract == Governance.contract,
      calls[0].method == Governance.reportEquivocation, calls[0].attachments.isEmpty
    else {
      throw .invalid(
        field: "calls",
        value: calls.prefix(2).map { "\($0.contract).\($0.method)" }.joined(
          separator: ", "),
        remedy: "a validator by itself calls \(Governance.contract)."
          + "\(Governance.reportEquivocation), once and without attachments; sign as a member")
    }
  }
}
