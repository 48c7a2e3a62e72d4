internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import Synchronization
internal import Wire

/// Makes blue invoices as an importer would: sealed, wrapped to their owner, signed.
struct BenchWorkload: Sendable {
  private let ledger: RemoteLedger
  private let identity: Identity
  private let owner: Member
  private let payload: Int
  private let validUntil: UInt64
  /// Sets this run's invoice numbers apart from other runs'.
  private let run = randomBytes(5).hex

  init(ledger: RemoteLedger, identity: Identity, payload: Int) async throws {
    self.ledger = ledger
    self.identity = identity
    self.payload = payload
    owner = try await ledger.member(identity.member)
    validUntil = try await ledger.connection.status().height + 500_000
  }

  private static let numbers = Counter()

  /// Signed transactions, encoded, made on all cores.
  func transactions(_ count: Int, callsEach: Int) async throws -> [[UInt8]] {
    let made = Mutex<[(Int, [UInt8])]>([])
    let failure = Mutex<(any Error)?>(nil)
    let taken = Counter()
    _ = await Workers.run { _ in
      while true {
        let index = taken.next()
        guard index < count, failure.withLock({ $0 == nil }) else { return }
        do {
          let transaction = try transaction(calls: callsEach)
          let done = made.withLock { made in
            made.append((index, transaction))
            return made.count
          }
          if done.isMultiple(of: max(1, count / 50)) {
            Terminal.progress("signed \(done * callsEach) of \(count * callsEach) records")
          }
        } catch {
          failure.withLock { $0 = error }
        }
      }
    }
    Terminal.progress("")
    if let error = failure.withLock({ $0 }) { throw error }
    return made.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
  }

  /// One signed transaction, encoded.
  func transaction(calls count: Int) throws -> [UInt8] {
    var calls: [Transaction.Call] = []
    var attachments: [[UInt8]] = []
    for _ in 0..<count {
      let (call, attachment) = try record()
      calls.append(call)
      attachments.append(attachment)
    }
    return try ledger.sign(
      calls, attachments: attachments, validUntil: validUntil, by: identity
    ).encoded()
  }

  private func record() throws -> (Transaction.Call, [UInt8]) {
    var put = InvoicePutBlue()
    put.facts.code = "BENCH\(run)"
    put.facts.number = "\(Self.numbers.next())"
    put.facts.amountFen = 94_860
    put.facts.issueDate = 20_250_810
    put.facts.institution = "H46010000012"
    put.facts.region = "460000"
    put.facts.payerTag = randomBytes(32).data
    put.facts.checkTag = randomBytes(32).data
    put.owner = owner.id
    let asset = InvoiceContract.asset(code: put.facts.code, number: put.facts.number)
    let content = try SealedContent(
      sealing: randomBytes(payload), schema: SealedContent.invoiceFile, of: asset,
      chainID: ledger.genesis.chainID, by: identity, suite: ledger.suite)
    put.sealed = try content.wire(owner: owner, suite: ledger.suite)
    let call = Transaction.Call(
      contract: InvoiceContract.name, method: "putBlue", arguments: put.encoded,
      attachments: [content.attachmentDigest])
    return (call, content.attachment)
  }
}
