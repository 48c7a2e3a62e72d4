internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

/// A member or organisation, of this chain or of another that tells of it by a packet.
struct InvoiceParty: Hashable {
  /// Chain id; empty for this chain.
  var chain: [UInt8] = []
  let id: String
}

extension InvoiceParty: CustomStringConvertible {
  /// Refusals are hashed, so this form stays.
  var description: String { chain.isEmpty ? id : "\(chain.prefix(4).hex):\(id)" }
}

extension InvoiceHold {
  var party: InvoiceParty { InvoiceParty(chain: chain.octets, id: holder) }
}

extension InvoicePosting {
  var party: InvoiceParty { InvoiceParty(chain: chain.octets, id: unit) }
}

extension InvoiceState {
  /// Whether it reverses another invoice.
  public var isRed: Bool { facts.amountFen < 0 }

  /// The sum of all postings.
  ///
  /// It cannot overflow: `post` keeps it within the amount, which is bounded.
  public var postedFen: Int64 { postings.reduce(0) { $0 + $1.amountFen } }

  /// The lock, if it still holds at this block time.
  public func hold(atMs time: UInt64) -> InvoiceHold? {
    hasHold && time < hold.expiresMs ? hold : nil
  }

  /// The member's grant, unless revoked.
  public func grant(to member: String) -> InvoiceGrant? { grant(to: InvoiceParty(id: member)) }

  func grant(to party: InvoiceParty) -> InvoiceGrant? {
    grants.first { $0.grantee == party.id && $0.chain.octets == party.chain }
  }

  mutating func removeGrant(to party: InvoiceParty) {
    grants.removeAll { $0.grantee == party.id && $0.chain.octets == party.chain }
  }

  /// Refuses unless the invoice is a blue one that still counts.
  func checkUsable() throws(Refusal) {
    guard !isRed else {
      throw Refusal(InvoiceContract.isRed, field: "amount_fen", value: "\(facts.amountFen)")
    }
    guard !redFlushed else {
      throw Refusal(
        InvoiceContract.flushed, field: "red", value: "\(relatedCode):\(relatedNumber)")
    }
  }

  /// Refuses if another member than this one (or anyone, if `nil`) holds a lock.
  func checkNotHeld(except member: InvoiceParty?, atMs time: UInt64) throws(Refusal) {
    guard let hold = hold(atMs: time), hold.party != member else { return }
    throw Refusal(
      InvoiceContract.locked, field: "holder", value: "\(hold.party) until \(hold.expiresMs)")
  }

  /// I18. Only its origin knows of everything that is done with it.
  var isOfOtherChain: Refusal {
    Refusal(InvoiceContract.otherOrigin, field: "invoice", value: "\(facts.code):\(facts.number)")
  }

  func checkOwner(_ caller: Member) throws(Refusal) {
    guard owner == caller.id else {
      throw Refusal(InvoiceContract.notOwner, field: "member", value: caller.id)
    }
  }
}

extension CallScope {
  /// The invoice, which must be on the ledger.
  func invoice(_ code: String, _ number: String) throws(Refusal) -> (AssetID, InvoiceState) {
    let asset = InvoiceContract.asset(code: code, number: number)
    guard let state = value(of: asset, as: InvoiceState.self) else {
      throw Refusal(InvoiceContract.notFound, field: "invoice", value: asset.key)
    }
    return (asset, state)
  }

  /// I18. An invoice that this chain recorded itself.
  func ownInvoice(_ code: String, _ number: String) throws(Refusal) -> (AssetID, InvoiceState) {
    let (asset, state) = try invoice(code, number)
    guard !state.hasOrigin else { throw state.isOfOtherChain }
    return (asset, state)
  }
}
