internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

// Checks of arguments, in the words of docs/spec/07-invoices.md.

extension InvoiceFacts {
  /// I1. Facts are well formed: code, number, date, institution, region, tags.
  func check() throws(Refusal) {
    try code.checkElement("facts.code")
    try number.checkElement("facts.number")
    guard isCalendarDate else { throw malformed("facts.issue_date", "\(issueDate)") }
    try institution.checkText("facts.institution")
    guard region.utf8.count == 6, region.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw malformed("facts.region", region)
    }
    guard payerTag.count == Digest.byteCount else {
      throw malformed("facts.payer_tag", "\(payerTag.count) bytes")
    }
    guard checkTag.count == Digest.byteCount else {
      throw malformed("facts.check_tag", "\(checkTag.count) bytes")
    }
    guard amountFen.magnitude <= InvoiceContract.Limit.amount.magnitude else {
      throw malformed("facts.amount_fen", "\(amountFen)")
    }
  }

  private var isCalendarDate: Bool {
    let (year, month, day) = (issueDate / 10_000, issueDate / 100 % 100, issueDate % 100)
    guard 1_900...9_999 ~= year, 1...12 ~= month else { return false }
    let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    let days: [UInt32] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return 1...days[Int(month) - 1] ~= day
  }

  private func malformed(_ field: String, _ value: String) -> Refusal {
    Refusal(InvoiceContract.malformed, field: field, value: value)
  }
}

extension String {
  /// Text that people see: 1 to 200 bytes without control characters (C0, DEL, C1).
  func checkText(_ field: String) throws(Refusal) {
    let isPlain = unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) }
    guard isPlain, 1...InvoiceContract.Limit.textBytes ~= utf8.count else {
      throw Refusal(InvoiceContract.malformed, field: field, value: "\(utf8.count) bytes")
    }
  }

  /// An invoice code, number or posting id: 1 to 63 letters, digits, `-`, `_` or `.`.
  func checkElement(_ field: String) throws(Refusal) {
    let isAllowed = { (byte: UInt8) in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard 1...InvoiceContract.Limit.elementBytes ~= utf8.count, utf8.allSatisfy(isAllowed) else {
      throw Refusal(InvoiceContract.malformed, field: field, value: self)
    }
  }
}

extension CallScope {
  /// I2. Sealed content travels with the call and opens with a key wrapped to its owner.
  func check(_ sealed: InvoiceSealed, owner: Member, field: String) throws(Refusal) {
    try checkContent(sealed, field: field)
    try check(sealed.ownerKey, recipient: owner, field: "\(field).owner_key")
  }

  /// The part of I2 that needs no owner.
  func checkContent(_ sealed: InvoiceSealed, field: String) throws(Refusal) {
    guard let digest = Digest(sealed.attachment.octets), attachments == [digest] else {
      throw Refusal(
        InvoiceContract.sealedContent, field: "\(field).attachment",
        value: sealed.attachment.octets.prefix(40).hex)
    }
    guard sealed.commitment.count == Digest.byteCount else {
      throw Refusal(
        InvoiceContract.sealedContent, field: "\(field).commitment",
        value: "\(sealed.commitment.count) bytes")
    }
  }

  /// I3. A wrapped key names its recipient's registered sealing key and has the right size.
  ///
  /// Whether it opens the content only the recipient can tell: a wrong one is found when reading.
  func check(_ key: InvoiceWrappedKey, recipient: Member, field: String) throws(Refusal) {
    try check(
      key, recipient: recipient.id,
      keyID: Member.keyID(of: recipient.sealingKey, suite: suite), field: field)
  }

  func check(
    _ key: InvoiceWrappedKey, recipient: String, keyID: [UInt8], field: String
  ) throws(Refusal) {
    guard key.recipient == recipient else {
      throw Refusal(InvoiceContract.wrappedKey, field: "\(field).recipient", value: key.recipient)
    }
    guard key.keyID.octets == keyID else {
      throw Refusal(
        InvoiceContract.wrappedKey, field: "\(field).key_id",
        value: key.keyID.octets.prefix(40).hex)
    }
    let expected = suite.symmetricKeyByteCount + suite.wrapOverheadByteCount
    guard key.wrapped.count == expected else {
      throw Refusal(
        InvoiceContract.wrappedKey, field: "\(field).wrapped",
        value: "\(key.wrapped.count) bytes, \(suite.id.name) has \(expected)")
    }
  }

  /// The caller acts for a region that contains the invoice's.
  func checkRegion(_ facts: InvoiceFacts) throws(Refusal) {
    guard caller.region.contains(facts.region) else {
      throw Refusal(
        .outsideRegion, field: "facts.region", value: "\(facts.region), \(caller.id) has "
          + caller.region.code)
    }
  }
}
