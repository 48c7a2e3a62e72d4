internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

extension RelayContract {
  /// R21. A member of another chain is recognised as the caller, by both keys' signatures and a
  /// proof of how that chain has it registered.
  static let recognise = Method(
    "recognise", arguments: RelayRecognise.self,
    touches: { call in
      [
        TrustedChain.asset(call.header.chainID.octets), client(call.header), header(call.header),
      ] + stated(call.statement.octets).map { identity($0.remoteChain.octets, $0.remoteMember) }
    },
    signatureChecks: { _ in
      // For each signature a key is read as well.
      4
    },
    perform: { (call, scope) throws(Refusal) in
      let bytes = call.statement.octets
      let statement = try RelayIdentityStatement(relayed: bytes, field: "statement")
      try statement.checkForm(atMs: scope.timeMs)
      try scope.checkOwn(statement)
      let header = try scope.recentHeader(call.header)
      try scope.checkRemote(statement, call, at: header)
      let asset = identity(statement.remoteChain.octets, statement.remoteMember)
      var known = scope.value(of: asset, as: RelayIdentity.self) ?? RelayIdentity()
      guard statement.version > known.version else {
        throw Refusal(olderStatement, field: "statement.version", value: "\(known.version)")
      }
      guard known.allows(statement.version) else {
        throw Refusal(farVersion, field: "statement.version", value: "\(known.version)")
      }
      let remote = try scope.chain(call.header).suiteOfHeaders
      for (field, signature, key, suite) in [
        ("local_signature", call.localSignature, statement.localKey, scope.suite),
        ("remote_signature", call.remoteSignature, statement.remoteKey, remote),
      ] {
        guard
          RelayIdentityStatement.isSigned(
            bytes, signature.octets, by: key.octets, suite: suite)
        else { throw Refusal(notSigned, field: field, value: "of key \(key.octets.hex)") }
      }
      var recognition = RelayRecognition()
      recognition.statement = statement
      recognition.localSignature = call.localSignature
      recognition.remoteSignature = call.remoteSignature
      recognition.recognisedMs = scope.timeMs
      known.add(recognition)
      try scope.append(to: asset, "recognise", value: known, details: call.header)
    })

  /// R22. The member as whom another is recognised ends that at once, or its organisation's
  /// governor does.
  static let revoke = Method(
    "revoke", arguments: RelayRevoke.self,
    touches: { call in [identity(call.remoteChain.octets, call.remoteMember)] },
    derives: { call, value in
      value(identity(call.remoteChain.octets, call.remoteMember)).flatMap { bytes in
        try? RelayIdentity(strict: bytes, limit: Limits.valueBytes).recognitions.last
      }.map { [Member.asset($0.statement.localMember)] } ?? []
    },
    perform: { (call, scope) throws(Refusal) in
      let asset = identity(call.remoteChain.octets, call.remoteMember)
      guard var known = scope.value(of: asset, as: RelayIdentity.self),
        let newest = known.recognitions.last,
        newest.revokedMs == 0 || newest.revokedMs > scope.timeMs
      else {
        throw Refusal(notRecognised, field: "remote_member", value: call.remoteMember)
      }
      let local = try scope.member(newest.statement.localMember, field: "remote_member")
      let governs =
        scope.caller.organisation == local.organisation
        && scope.caller.roles.contains(Governance.governor)
      guard scope.caller.id == local.id || governs else {
        throw Refusal(
          .notPermitted, field: "member",
          value: "\(scope.caller.id) is neither \(local.id) nor its organisation's governor")
      }
      known.revoke(fromMs: scope.timeMs)
      try scope.append(to: asset, "revoke", value: known, details: call)
    })

  /// The statement of a call, if it can be read at all.
  private static func stated(_ bytes: [UInt8]) -> [RelayIdentityStatement] {
    (try? RelayIdentityStatement(relayed: bytes, field: "statement")).map { [$0] } ?? []
  }
}

extension CallScope {
  /// R21. The statement is about the caller, on this chain, with its registered key.
  fileprivate func checkOwn(_ statement: RelayIdentityStatement) throws(Refusal) {
    guard statement.localChain.octets == chainID.bytes else {
      throw Refusal(
        RelayContract.otherChain, field: "statement.local_chain",
        value: statement.localChain.octets.prefix(40).hex)
    }
    guard statement.localMember == caller.id else {
      throw Refusal(
        RelayContract.otherIdentity, field: "statement.local_member", value: statement.localMember)
    }
    guard statement.localKey.octets == caller.signingKey else {
      throw Refusal(
        RelayContract.otherIdentity, field: "statement.local_key",
        value: statement.localKey.octets.prefix(80).hex)
    }
  }

  /// R21. A known header of the other chain that is not much older than the newest: a key that was
  /// replaced since proves nothing.
  fileprivate func recentHeader(_ name: RelayHeaderName) throws(Refusal) -> BlockHeader {
    let header = try header(name)
    let newest = try client(of: chain(name)).timeMs
    guard newest <= header.timeMs || newest - header.timeMs <= RelayContract.Limit.identityHeaderMs
    else {
      throw Refusal(
        RelayContract.oldHeader, field: "header.height", value: "\(name.height)")
    }
    return header
  }

  /// R21. The other chain has registered the member with the statement's key.
  fileprivate func checkRemote(
    _ statement: RelayIdentityStatement, _ call: RelayRecognise, at header: BlockHeader
  ) throws(Refusal) {
    guard statement.remoteChain == call.header.chainID else {
      throw Refusal(
        RelayContract.otherChain, field: "statement.remote_chain",
        value: statement.remoteChain.octets.prefix(40).hex)
    }
    let proof = try WireValueProof(relayed: call.proof.octets, field: "proof")
    try check(proof, of: Member.asset(statement.remoteMember), at: header)
    let member = try WireMemberRecord(relayed: proof.value.octets, field: "proof.value")
    guard member.signingKey == statement.remoteKey else {
      throw Refusal(
        RelayContract.otherIdentity, field: "statement.remote_key",
        value: statement.remoteKey.octets.prefix(80).hex)
    }
  }
}
