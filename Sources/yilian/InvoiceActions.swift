internal import ArgumentParser
internal import BuiltinContracts
internal import EInvoice
internal import LedgerClient
internal import LedgerModel

// One command for each status change. All share the connection, the member and the answer.

struct LockInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "Holds an invoice for reimbursement until an expiry.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "What the invoice is held for.")
  var purpose: String
  @Option(help: "Minutes until the lock expires, at block time.")
  var minutes: UInt64 = 60
  @OptionGroup var crossing: CrossingOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      guard 1...527_040 ~= minutes else {
        throw Failure.usage("--minutes is \(minutes): use 1 to 527040 (366 days)")
      }
      var call = InvoiceLock()
      call.code = invoice.code
      call.number = invoice.number
      call.purpose = purpose
      call.expiresMs = nowMs() + minutes * 60_000
      var act = RelayLockInvoice()
      act.code = call.code
      act.number = call.number
      act.purpose = purpose
      act.expiresMs = call.expiresMs
      if let packet = crossing.packet("invoice.lock", act) {
        return try await crossing.send(
          packet, content: nil, by: connection.identity(), on: ledger,
          done: "locked \(invoice.text) for \(minutes) min", json: json)
      }
      try await perform(
        ledger.prepare("lock", call), by: connection.identity(), on: ledger,
        done: "locked \(invoice.text) for \(minutes) min", json: json)
    }
  }
}

struct UnlockInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "Releases the lock that this member holds.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var crossing: CrossingOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = InvoiceUnlock()
      call.code = invoice.code
      call.number = invoice.number
      if crossing.channel != nil {
        var act = RelayUnlockInvoice()
        act.code = call.code
        act.number = call.number
        act.expiresMs =
          try await ledger.invoice(code: call.code, number: call.number).state?.hold.expiresMs ?? 0
        if let packet = crossing.packet("invoice.unlock", act) {
          return try await crossing.send(
            packet, content: nil, by: connection.identity(), on: ledger,
            done: "asked to unlock \(invoice.text)", json: json)
        }
      }
      try await perform(
        ledger.prepare("unlock", call), by: connection.identity(), on: ledger,
        done: "unlocked \(invoice.text)", json: json)
    }
  }
}

struct PostInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post", abstract: "Posts (books) a part or the whole of an invoice's amount.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "Amount in yuan, e.g. 120.50.")
  var amount: String
  @Option(help: "The unit's own voucher number for this posting.")
  var posting: String
  @OptionGroup var crossing: CrossingOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      guard let fen = Fen(yuan: amount) else {
        throw Failure.usage("--amount is '\(amount)': use yuan with at most two decimals")
      }
      var call = InvoicePost()
      call.code = invoice.code
      call.number = invoice.number
      call.amountFen = fen.rawValue
      call.postingID = posting
      let identity = try connection.identity()
      var act = RelayPostInvoice()
      act.code = call.code
      act.number = call.number
      act.amountFen = call.amountFen
      act.postingID = posting
      if crossing.channel != nil {
        act.unit = try await ledger.member(identity.member).organisation
      }
      if let packet = crossing.packet("invoice.post", act) {
        return try await crossing.send(
          packet, content: nil, by: identity, on: ledger,
          done: "posted \(fen) yuan of \(invoice.text)", json: json)
      }
      try await perform(
        ledger.prepare("post", call), by: connection.identity(), on: ledger,
        done: "posted \(fen) yuan of \(invoice.text)", json: json)
    }
  }
}

struct UnpostInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpost", abstract: "Revokes a posting of this member's unit.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "The voucher number under which it was posted.")
  var posting: String
  @OptionGroup var crossing: CrossingOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = InvoiceUnpost()
      call.code = invoice.code
      call.number = invoice.number
      call.postingID = posting
      let identity = try connection.identity()
      if crossing.channel != nil {
        var act = RelayUnpostInvoice()
        act.code = call.code
        act.number = call.number
        act.unit = try await ledger.member(identity.member).organisation
        act.postingID = posting
        if let packet = crossing.packet("invoice.unpost", act) {
          return try await crossing.send(
            packet, content: nil, by: identity, on: ledger,
            done: "asked to revoke posting \(posting) of \(invoice.text)", json: json)
        }
      }
      try await perform(
        ledger.prepare("unpost", call), by: connection.identity(), on: ledger,
        done: "revoked posting \(posting) of \(invoice.text)", json: json)
    }
  }
}

struct PrintInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print", abstract: "Records that the invoice was printed.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = InvoicePrint()
      call.code = invoice.code
      call.number = invoice.number
      try await perform(
        ledger.prepare("print", call), by: connection.identity(), on: ledger,
        done: "recorded a print of \(invoice.text)", json: json)
    }
  }
}

struct ExchangePaper: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exchange-paper", abstract: "Records the exchange for a paper invoice.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "The paper invoice's code.")
  var paperCode: String
  @Option(help: "The paper invoice's number.")
  var paperNumber: String
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = InvoiceExchangePaper()
      call.code = invoice.code
      call.number = invoice.number
      call.paperCode = paperCode
      call.paperNumber = paperNumber
      try await perform(
        ledger.prepare("exchangePaper", call), by: connection.identity(), on: ledger,
        done: "exchanged \(invoice.text) for paper \(paperCode) \(paperNumber)", json: json)
    }
  }
}

struct AuthoriseInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorise", abstract: "Lets another member read the sealed content.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "The member who may read.")
  var grantee: String
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let call = try await ledger.prepareAuthorisation(
        code: invoice.code, number: invoice.number, grantee: grantee, by: identity)
      try await perform(
        call, by: identity, on: ledger, done: "\(grantee) may read \(invoice.text)", json: json)
    }
  }
}

struct RevokeInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Ends a member's right to read, from this block on.")
  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions
  @Option(help: "The member who may no longer read.")
  var grantee: String
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var call = InvoiceRevoke()
      call.code = invoice.code
      call.number = invoice.number
      call.grantee = grantee
      try await perform(
        ledger.prepare("revoke", call), by: connection.identity(), on: ledger,
        done: "\(grantee) may no longer read \(invoice.text)", json: json)
    }
  }
}
