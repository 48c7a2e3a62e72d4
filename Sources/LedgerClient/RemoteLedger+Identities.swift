public import BuiltinContracts
internal import Cryptography
public import LedgerModel
public import LightVerifier
public import SwiftProtobuf
public import Wire

// Who members of other chains are on this one, and what they do as that member.

extension RemoteLedger {
  /// As whom a member of another chain is recognised here, proven; `nil` if nothing was ever said
  /// of it.
  public func identity(
    of member: String, from chain: [UInt8]
  ) async throws(LedgerClientFault) -> (
    identity: RelayIdentity?, answer: ProvenAnswer<ProvenValue>
  ) {
    let asset = RelayContract.identity(chain, member)
    let (identity, answer) = try await message(RelayIdentity.self, of: asset)
    return (identity, answer)
  }

  /// A member's signature over a statement's bytes, with its key on this chain.
  public func sign(
    statement: [UInt8], by identity: Identity
  ) throws(LedgerClientFault) -> [UInt8] {
    do {
      return try RelayIdentityStatement.sign(statement, with: identity.signing, suite: suite).bytes
    } catch {
      throw .cryptography(error)
    }
  }

  /// What the other chain has registered of a member, proven by its newest header, to be shown to
  /// this chain.
  /// - Returns: The member, the header, and the proof for the calls of this chain.
  public func registration(
    of member: String
  ) async throws(LedgerClientFault) -> (member: Member, header: WireProvenHeader, proof: [UInt8]) {
    let answer = try await value(of: Member.asset(member))
    guard let value = answer.fact, case .value(let proof)? = answer.bundle.items.first?.proof else {
      throw .refused(
        code: "registry.unknown_member", field: "member", value: member,
        remedy: Refusal.Code.unknownMember.remedy)
    }
    do {
      return (try Member(decoding: value.value), answer.bundle.header, proof.encoded)
    } catch {
      throw .notProven(.malformed(error))
    }
  }

  /// Prepares the calls by which a router makes a header of another chain known here, with the
  /// epochs that lead to it; none if it is known.
  /// - Returns: `nil` if the header is not after the one from which the chain is trusted, or ends
  ///   its epoch and the node does not tell yet to what it leads: ask again for a newer one.
  public func prepareUpdates(
    to header: WireProvenHeader, of other: RemoteLedger
  ) async throws(LedgerClientFault) -> (name: RelayHeaderName, calls: [PreparedCall])? {
    let id = other.genesis.chainID
    guard let record = try await trustedChain(id).record else {
      throw .refused(
        code: "relay.unknown_chain", field: "chain", value: id.hex,
        remedy: BuiltinContracts.code("relay.unknown_chain")?.remedy ?? "")
    }
    let target = try read(header, of: other)
    guard target.height > record.after, target.timeMs > record.timeMs else { return nil }
    let name = RelayHeaderName(target, revision: record.revision)
    let known = RelayContract.header(id.bytes, revision: record.revision, height: target.height)
    guard try await value(of: known).fact == nil else { return (name, []) }
    let client = try await message(
      RelayClient.self, of: RelayContract.client(id.bytes, revision: record.revision)
    ).message
    let epoch = max(client?.epoch ?? 0, record.epoch)
    var links = try await asking { () async throws(ClientFault) in
      try await other.connection.epochs(from: epoch).links
    }
    if links.last?.last.header != header.header {
      guard !target.endsEpoch else { return nil }
      var link = WireEpochLink()
      link.last = header
      links.append(link)
    }
    var calls: [PreparedCall] = []
    for link in links {
      let header = try read(link.last, of: other)
      // The epoch may have ended since the header was proven.
      guard header.height <= target.height else { continue }
      var update = RelayUpdate()
      update.header = RelayHeaderName(header, revision: record.revision)
      update.epoch = header.epoch
      update.link = link.encoded.data
      calls.append(prepareRelay("update", update))
    }
    return (name, calls)
  }

  /// Prepares a call of the relay contract that brings no content.
  public func prepareRelay(_ method: String, _ arguments: some Message) -> PreparedCall {
    PreparedCall(
      call: Transaction.Call(
        contract: RelayContract.name, method: method, arguments: arguments.encoded),
      attachments: [])
  }

  private func read(
    _ header: WireProvenHeader, of other: RemoteLedger
  ) throws(LedgerClientFault) -> BlockHeader {
    do {
      return try BlockHeader(decoding: header.header.octets, suite: other.suite)
    } catch {
      throw .notProven(.malformed(error))
    }
  }
}

extension RelayHeaderName {
  fileprivate init(_ header: BlockHeader, revision: UInt64) {
    self.init()
    chainID = header.chainID.bytes.data
    self.revision = revision
    height = header.height
  }
}
