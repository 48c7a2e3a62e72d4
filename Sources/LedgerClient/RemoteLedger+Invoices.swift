public import BuiltinContracts
internal import Cryptography
public import EInvoice
public import LedgerModel
public import LightVerifier
public import SwiftProtobuf
internal import Wire

// Invoices: what a member does with them, sealed and proven.

/// A call ready to be signed, with the content that travels beside it.
public struct PreparedCall: Sendable {
  public let call: Transaction.Call
  public let attachments: [[UInt8]]
}

extension RemoteLedger {
  /// The member of this id, proven.
  public func member(_ id: String) async throws(LedgerClientFault) -> Member {
    guard let value = try await value(of: Member.asset(id)).fact else {
      throw .refused(
        code: "registry.unknown_member", field: "member", value: id,
        remedy: Refusal.Code.unknownMember.remedy)
    }
    do { return try Member(decoding: value.value) } catch { throw .notProven(.malformed(error)) }
  }

  /// The chain's blind index, if the member was given its key.
  public func blindIndex(for identity: Identity) async throws(LedgerClientFault) -> BlindIndex {
    let member = try await member(identity.member)
    guard !member.wrappedIndexKey.isEmpty else {
      throw .refused(
        code: "registry.no_index_key", field: "member", value: identity.member,
        remedy: "the member was registered without the chain's index key: use one that has it")
    }
    do {
      let key = try suite.unwrap(member.wrappedIndexKey, with: identity.sealing)
      return BlindIndex(key: key, suite: suite)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Seals an e-invoice and prepares the call that records it.
  /// - Parameters:
  ///   - file: The original file, byte for byte.
  ///   - owner: Who can read it; its sealing key wraps the content's key.
  public func prepare(
    _ invoice: Invoice, file: [UInt8], owner: Member, index: BlindIndex, by identity: Identity
  ) throws(LedgerClientFault) -> PreparedCall {
    let asset = InvoiceContract.asset(code: invoice.code, number: invoice.number)
    let content: SealedContent
    let sealed: InvoiceSealed
    do {
      content = try SealedContent(
        sealing: file, schema: SealedContent.invoiceFile, of: asset, chainID: genesis.chainID,
        by: identity, suite: suite)
      sealed = try content.wire(owner: owner, suite: suite)
    } catch {
      throw .cryptography(error)
    }
    let facts = facts(of: invoice, index)
    let (method, arguments): (String, [UInt8])
    if let blue = invoice.related {
      var put = InvoicePutRed()
      put.facts = facts
      put.owner = owner.id
      put.sealed = sealed
      put.blueCode = blue.code
      put.blueNumber = blue.number
      (method, arguments) = ("putRed", put.encoded)
    } else {
      var put = InvoicePutBlue()
      put.facts = facts
      put.owner = owner.id
      put.sealed = sealed
      (method, arguments) = ("putBlue", put.encoded)
    }
    return PreparedCall(
      call: Transaction.Call(
        contract: InvoiceContract.name, method: method, arguments: arguments,
        attachments: [content.attachmentDigest]),
      attachments: [content.attachment])
  }

  private func facts(of invoice: Invoice, _ index: BlindIndex) -> InvoiceFacts {
    let date = UInt32(
      invoice.issueDate.year * 10_000 + invoice.issueDate.month * 100 + invoice.issueDate.day)
    var facts = InvoiceFacts()
    facts.code = invoice.code
    facts.number = invoice.number
    facts.amountFen = invoice.totalAmount.rawValue
    facts.issueDate = date
    facts.institution = invoice.issuer.code
    facts.region = invoice.supervisorAreaCode
    facts.payerTag =
      index.payer(invoice.payer.type, identifier: invoice.payer.identifier)
      .bytes.data
    facts.checkTag =
      index.elements(
        code: invoice.code, number: invoice.number, checkCode: invoice.checkCode, date: date,
        amountFen: invoice.totalAmount.rawValue
      ).bytes.data
    return facts
  }

  /// The invoice as the ledger has it now, or `nil` if it is proven not to be there.
  public func invoice(
    code: String, number: String
  ) async throws(LedgerClientFault) -> (state: InvoiceState?, answer: ProvenAnswer<ProvenValue>) {
    let answer = try await value(of: InvoiceContract.asset(code: code, number: number))
    return (
      try answer.fact.map { (value) throws(LedgerClientFault) in
        try invoiceState(value.value)
      }, answer
    )
  }

  /// Reads the value of an invoice.
  public func invoiceState(_ value: [UInt8]) throws(LedgerClientFault) -> InvoiceState {
    do {
      return try InvoiceState(strict: value, limit: Limits.valueBytes)
    } catch {
      throw .notProven(.malformed(.wire(error)))
    }
  }

  /// Asks for the sealed content of an invoice and opens it with the member's own key.
  /// - Returns: The original file.
  public func read(
    code: String, number: String, by identity: Identity, timeMs: UInt64
  ) async throws(LedgerClientFault) -> (state: InvoiceState, file: [UInt8]) {
    let asset = InvoiceContract.asset(code: code, number: number)
    let query = try signedQuery(asset, by: identity, timeMs: timeMs)
    let wanted = seenHeight
    let response = try await asking { () async throws(ClientFault) in
      try await connection.sealed(query)
    }
    let verified = try checked(response.bundle, atLeast: wanted)
    guard case .value(let value) = verified.facts.first, value.asset == asset else {
      throw .notProven(.otherAnswer(expected: "\(asset)", found: "something else"))
    }
    let state = try invoiceState(value.value)
    if state.hasOrigin {
      let file = try await sharedFile(response.ciphertext.octets, state, by: identity)
      return (state, file)
    }
    do {
      let (wrapped, grantor) = try state.wrappedKey(of: identity.member)
      let key = try SealedContent.dataKey(wrapped, of: identity, grantor: grantor, suite: suite)
      let file = try SealedContent.open(
        response.ciphertext.octets, state.sealed, of: asset, chainID: genesis.chainID, key: key,
        reader: identity.member, grantor: grantor, suite: suite)
      return (state, file)
    } catch {
      throw .sealing(error)
    }
  }

  /// The original file of an invoice that another chain shared: it is sealed as its packet's
  /// content.
  private func sharedFile(
    _ ciphertext: [UInt8], _ state: InvoiceState, by identity: Identity
  ) async throws(LedgerClientFault) -> [UInt8] {
    let origin = state.origin
    let asset = RelayContract.received(origin.channel, origin.sequence)
    guard let received = try await message(RelayReceivedPacket.self, of: asset).message,
      let id = Digest(origin.chain.octets),
      let chain = try await trustedChain(id).record, let source = SuiteID(name: chain.suite)
    else {
      throw .notProven(.otherAnswer(expected: "\(asset)", found: "nothing"))
    }
    do {
      let (wrapped, grantor) = try state.wrappedKey(of: identity.member)
      let key = try SealedContent.dataKey(wrapped, of: identity, grantor: grantor, suite: suite)
      let digest = suite.hash(.attachment, ciphertext)
      guard digest.bytes == state.sealed.attachment.octets else {
        throw SealingFault.otherContent(expected: digest)
      }
      let content: PacketContent
      do {
        content = try PacketContent(
          opening: ciphertext, in: received.packet, .destination, key: key, suite: suite)
      } catch {
        throw SealingFault.wrongKey(member: identity.member, grantor: grantor)
      }
      guard content.isContent(of: received.packet, suite: source.suite) else {
        throw SealingFault.otherCommitment
      }
      return content.plaintext
    } catch let fault as SealingFault {
      throw .sealing(fault)
    } catch {
      throw .notProven(.malformedPart("\(error)"))
    }
  }

  /// Prepares the call that lets `grantee` read: the owner's keys, wrapped anew.
  public func prepareAuthorisation(
    code: String, number: String, grantee: String, by identity: Identity
  ) async throws(LedgerClientFault) -> PreparedCall {
    let (state, _) = try await invoice(code: code, number: number)
    guard let state else {
      throw .refused(
        code: "invoice.not_found", field: "invoice", value: "\(code):\(number)",
        remedy: BuiltinContracts.code("invoice.not_found")?.remedy ?? "")
    }
    guard state.owner == identity.member else {
      throw .refused(
        code: "invoice.not_owner", field: "member", value: identity.member,
        remedy: BuiltinContracts.code("invoice.not_owner")?.remedy ?? "")
    }
    let member = try await member(grantee)
    var call = InvoiceAuthorise()
    call.code = code
    call.number = number
    call.grantee = grantee
    for sealed in [state.sealed] + state.details {
      do {
        let key = try SealedContent.dataKey(
          sealed.ownerKey, of: identity, grantor: state.submitter, suite: suite)
        call.keys.append(try SealedContent.wrap(key, to: member, suite: suite))
      } catch let fault as SealingFault {
        throw .sealing(fault)
      } catch let fault as CryptographyFault {
        throw .cryptography(fault)
      } catch {
        throw .cryptography(.libraryFailure(operation: "\(error)"))
      }
    }
    return prepare("authorise", call)
  }

  /// Prepares any other call of the invoice contract.
  public func prepare(_ method: String, _ arguments: some Message) -> PreparedCall {
    PreparedCall(
      call: Transaction.Call(
        contract: InvoiceContract.name, method: method, arguments: arguments.encoded),
      attachments: [])
  }

  private func signedQuery(
    _ asset: AssetID, by identity: Identity, timeMs: UInt64
  ) throws(LedgerClientFault) -> [UInt8] {
    var body = WireQueryBody()
    body.chainID = genesis.chainID.bytes.data
    body.member = identity.member
    body.timeMs = timeMs
    body.namespace = asset.namespace
    body.key = asset.key
    return try signed(body, by: identity)
  }

  /// A question that only a member may ask, signed.
  func signed(_ body: some Message, by identity: Identity) throws(LedgerClientFault) -> [UInt8] {
    let bytes = body.encoded
    var signed = WireSignedQuery()
    signed.body = bytes.data
    do {
      signed.signature = try suite.sign(
        suite.hash(.query, bytes).bytes.span, with: identity.signing
      ).bytes.data
    } catch {
      throw .cryptography(error)
    }
    return signed.encoded
  }
}

extension InvoiceState {
  /// The key of the main content that was wrapped to a member, and by whom.
  fileprivate func wrappedKey(
    of member: String
  ) throws(SealingFault) -> (InvoiceWrappedKey, grantor: String) {
    if owner == member { return (sealed.ownerKey, submitter) }
    guard let grant = grant(to: member), let key = grant.keys.first else {
      throw .noKey(member: member)
    }
    return (key, grant.grantor)
  }
}
