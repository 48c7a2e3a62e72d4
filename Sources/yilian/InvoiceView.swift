internal import BuiltinContracts
internal import Cryptography
internal import EInvoice
internal import Foundation
internal import LedgerModel
internal import Wire

/// An invoice as shown to people and programs.
struct InvoiceView: Encodable {
  struct Posting: Encodable {
    var unit: String
    var posting: String
    var yuan: String
  }

  var code: String
  var number: String
  var kind: String
  var amountYuan: String
  var issueDate: String
  var institution: String
  var region: String
  var owner: String
  var submitter: String
  var redFlushed: Bool
  var related: String?
  var prints: UInt32
  var paper: String?
  var lockedBy: String?
  var lockPurpose: String?
  var lockExpires: String?
  var postedYuan: String
  var postings: [Posting]
  var readers: [String]
  var provenHeight: UInt64
  var headerHash: String
  /// The packet in which another chain shared it.
  var origin: String?
  var sealed: SealedView?

  init(_ state: InvoiceState, at header: BlockHeader) {
    let facts = state.facts
    code = facts.code
    number = facts.number
    kind = state.isRed ? "red" : "blue"
    amountYuan = "\(Fen(rawValue: facts.amountFen))"
    issueDate = "\(facts.issueDate)"
    institution = facts.institution
    region = facts.region
    owner = state.owner
    submitter = state.submitter
    redFlushed = state.redFlushed
    related = state.relatedNumber.isEmpty ? nil : "\(state.relatedCode) \(state.relatedNumber)"
    prints = state.prints
    paper = state.hasPaper ? "\(state.paper.code) \(state.paper.number)" : nil
    if let hold = state.hold(atMs: header.timeMs) {
      lockedBy = hold.holder + Self.foreign(hold.chain.octets)
      lockPurpose = hold.purpose
      lockExpires = TimeText.iso(hold.expiresMs)
    }
    postedYuan = "\(Fen(rawValue: state.postedFen))"
    postings = state.postings.map {
      Posting(
        unit: $0.unit + Self.foreign($0.chain.octets), posting: $0.postingID,
        yuan: "\(Fen(rawValue: $0.amountFen))")
    }
    readers = state.grants.map { $0.grantee + Self.foreign($0.chain.octets) }
    if state.hasOrigin {
      origin = "\(state.origin.channel):\(state.origin.sequence)"
    }
    provenHeight = header.executed.height
    headerHash = header.hash.hex
  }

  /// Whose members or units these are, if they are another chain's.
  private static func foreign(_ chain: [UInt8]) -> String {
    chain.isEmpty ? "" : " of chain \(chain.prefix(4).hex)…"
  }

  func show() {
    var rows = [
      ["invoice", "\(code) \(number) (\(kind))"],
      ["amount", "\(amountYuan) yuan"],
      ["issued", "\(issueDate) by \(institution), region \(region)"],
      ["owner", owner + (origin.map { ", shared in packet \($0)" } ?? "")],
      ["red-flushed", redFlushed ? "yes, by \(related ?? "")" : "no"],
    ]
    if kind == "red", let related { rows.append(["reverses", related]) }
    rows.append(["printed", prints == 0 ? "no" : "\(prints) times"])
    if let paper { rows.append(["paper", paper]) }
    if let lockedBy {
      let until = lockExpires ?? ""
      rows.append(["locked", "by \(lockedBy) for '\(lockPurpose ?? "")' until \(until)"])
    }
    rows.append(["posted", "\(postedYuan) yuan"])
    for posting in postings {
      rows.append(["", "\(posting.yuan) yuan by \(posting.unit), \(posting.posting)"])
    }
    rows.append(["readers", readers.isEmpty ? "owner only" : readers.joined(separator: ", ")])
    rows.append(["proven", "state of height \(provenHeight), header \(headerHash)"])
    if let sealed { rows += sealed.rows }
    for line in Terminal.table(rows) { Terminal.print(line) }
  }
}

/// What a reader who holds a key sees.
struct SealedView: Encodable {
  struct Item: Encodable {
    var code: String
    var name: String
    var yuan: String
  }

  var name: String
  var issuer: String
  var payer: String
  var payerIdentifier: String
  var phone: String?
  var checkCode: String
  var items: [Item]

  /// Parses the original file that was sealed.
  init(_ file: [UInt8], _ parser: InvoiceParser) throws {
    let invoice = try parser.parse(file)
    name = invoice.name
    issuer = invoice.issuer.name
    payer = invoice.payer.name
    payerIdentifier = invoice.payer.identifier
    phone = invoice.phone
    checkCode = invoice.checkCode
    items = invoice.items.map { Item(code: $0.code, name: $0.name, yuan: "\($0.amount)") }
  }

  var rows: [[String]] {
    var rows = [
      ["sealed content", "opened with this member's own key, commitment checked"],
      ["  name", name],
      ["  issuer", issuer],
      ["  payer", "\(payer), \(payerIdentifier)"],
    ]
    if let phone { rows.append(["  phone", phone]) }
    rows.append(["  check code", checkCode])
    for item in items { rows.append(["  item", "\(item.code) \(item.name) \(item.yuan) yuan"]) }
    return rows
  }
}

/// Block times for people.
enum TimeText {
  static func iso(_ milliseconds: UInt64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000).ISO8601Format()
  }
}
