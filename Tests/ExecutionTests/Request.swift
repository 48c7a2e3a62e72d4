import BuiltinContracts
import Cryptography
import LedgerModel
import Wire

/// A call with the contents that travel beside it.
struct Request: Sendable {
  var contract = InvoiceContract.name
  let method: String
  var arguments: [UInt8]
  var contents: [[UInt8]] = []

  /// Bytes that differ for different requests.
  var fingerprint: [UInt8] { Array(method.utf8) + arguments }

  func call(_ suite: any CryptoSuite) -> Transaction.Call {
    Transaction.Call(
      contract: contract, method: method, arguments: arguments,
      attachments: contents.map { suite.hash(.attachment, $0) })
  }
}

/// The invoice contract's calls. Every invoice has the code `46060226`, so stories name numbers.
extension TestChain {
  static let code = "46060226"

  static func asset(_ number: String) -> AssetID {
    InvoiceContract.asset(code: code, number: number)
  }

  static let payer = InvoiceContract.payerAsset(tag: [UInt8](repeating: 0x11, count: 32))

  func facts(_ number: String, _ amountFen: Int64) -> InvoiceFacts {
    var facts = InvoiceFacts()
    facts.code = Self.code
    facts.number = number
    facts.amountFen = amountFen
    facts.issueDate = 20_260_105
    facts.institution = "hospital-1"
    facts.region = "460106"
    facts.payerTag = [UInt8](repeating: 0x11, count: 32).data
    facts.checkTag = [UInt8](repeating: 0x22, count: 32).data
    return facts
  }

  /// A key that names the member's sealing key and has the size of a wrapped one.
  func wrappedKey(_ member: String) throws -> InvoiceWrappedKey {
    var key = InvoiceWrappedKey()
    key.recipient = member
    // A stranger has no sealing key to name.
    if let known = try? self.member(member) {
      key.keyID = Member.keyID(of: known.sealingKey, suite: suite).data
    }
    let size = suite.symmetricKeyByteCount + suite.wrapOverheadByteCount
    key.wrapped = [UInt8](repeating: 0x33, count: size).data
    return key
  }

  func sealed(_ content: [UInt8], owner: String) throws -> InvoiceSealed {
    var sealed = InvoiceSealed()
    sealed.attachment = suite.hash(.attachment, content).bytes.data
    sealed.commitment = suite.hash(.sealedContent, content).bytes.data
    sealed.schema = 1
    sealed.ownerKey = try wrappedKey(owner)
    return sealed
  }

  /// Records a blue invoice of the patient's.
  func blue(
    _ number: String, _ amountFen: Int64 = 10_000, owner: String = "patient",
    _ change: (inout InvoicePutBlue) -> Void = { _ in }
  ) throws -> Request {
    let content = Array("content of \(number)".utf8)
    var call = InvoicePutBlue()
    call.facts = facts(number, amountFen)
    call.owner = owner
    call.sealed = try sealed(content, owner: owner)
    change(&call)
    return Request(method: "putBlue", arguments: call.encoded, contents: [content])
  }

  /// Records a red invoice that reverses `blue`.
  func red(
    _ number: String, of blue: String, _ amountFen: Int64 = -10_000,
    _ change: (inout InvoicePutRed) throws -> Void = { _ in }
  ) throws -> Request {
    let content = Array("content of \(number)".utf8)
    var call = InvoicePutRed()
    call.facts = facts(number, amountFen)
    call.owner = "patient"
    call.sealed = try sealed(content, owner: "patient")
    call.blueCode = Self.code
    call.blueNumber = blue
    try change(&call)
    return Request(method: "putRed", arguments: call.encoded, contents: [content])
  }

  func detail(
    _ number: String, _ text: String = "detail",
    _ change: (inout InvoicePutDetail) -> Void = { _ in }
  ) throws -> Request {
    let content = Array(text.utf8)
    var call = InvoicePutDetail()
    call.code = Self.code
    call.number = number
    call.sealed = try sealed(content, owner: "patient")
    change(&call)
    return Request(method: "putDetail", arguments: call.encoded, contents: [content])
  }

  func print(_ number: String) -> Request {
    var call = InvoicePrint()
    call.code = Self.code
    call.number = number
    return Request(method: "print", arguments: call.encoded)
  }

  func exchangePaper(_ number: String, paper: String = "P1") -> Request {
    var call = InvoiceExchangePaper()
    call.code = Self.code
    call.number = number
    call.paperCode = "46010001"
    call.paperNumber = paper
    return Request(method: "exchangePaper", arguments: call.encoded)
  }

  /// Locks until a block time.
  func lock(_ number: String, until expiresMs: UInt64, purpose: String = "review") -> Request {
    var call = InvoiceLock()
    call.code = Self.code
    call.number = number
    call.purpose = purpose
    call.expiresMs = expiresMs
    return Request(method: "lock", arguments: call.encoded)
  }

  func unlock(_ number: String) -> Request {
    var call = InvoiceUnlock()
    call.code = Self.code
    call.number = number
    return Request(method: "unlock", arguments: call.encoded)
  }

  func post(_ number: String, _ amountFen: Int64, id: String = "V1") -> Request {
    var call = InvoicePost()
    call.code = Self.code
    call.number = number
    call.amountFen = amountFen
    call.postingID = id
    return Request(method: "post", arguments: call.encoded)
  }

  func unpost(_ number: String, id: String = "V1") -> Request {
    var call = InvoiceUnpost()
    call.code = Self.code
    call.number = number
    call.postingID = id
    return Request(method: "unpost", arguments: call.encoded)
  }

  /// Authorises with keys for the main content and so many details.
  func authorise(
    _ number: String, _ grantee: String, details: Int = 0,
    _ change: (inout InvoiceAuthorise) -> Void = { _ in }
  ) throws -> Request {
    var call = InvoiceAuthorise()
    call.code = Self.code
    call.number = number
    call.grantee = grantee
    call.keys = Array(repeating: try wrappedKey(grantee), count: 1 + details)
    change(&call)
    return Request(method: "authorise", arguments: call.encoded)
  }

  func revoke(_ number: String, _ grantee: String) -> Request {
    var call = InvoiceRevoke()
    call.code = Self.code
    call.number = number
    call.grantee = grantee
    return Request(method: "revoke", arguments: call.encoded)
  }
}
