internal import Cryptography
internal import LedgerModel
internal import Wire

extension WireChange {
  /// All that the change does, for who agrees to it.
  var words: String {
    switch kind {
    case .addValidator(let node): "add validator \(node.words)"
    case .removeValidator(let name): "remove validator \(name)"
    case .replaceValidatorKey(let node): "replace the key of validator \(node.words)"
    case .addObserver(let node): "add observer \(node.words)"
    case .removeObserver(let name): "remove observer \(name)"
    case .addOrganisation(let record):
      "add organisation \(record.id), '\(record.name)', \(record.region.asRegion)"
    case .suspendOrganisation(let id): "suspend organisation \(id)"
    case .reinstateOrganisation(let id): "reinstate organisation \(id)"
    case .addMember(let record): "add member \(record.words)"
    case .suspendMember(let id): "suspend member \(id)"
    case .reinstateMember(let id): "reinstate member \(id)"
    case .replaceMemberKeys(let keys):
      "replace keys of member \(keys.member): "
        + [
          keys.signingKey.isEmpty ? "" : "signing key \(keys.signingKey.octets.hex)",
          keys.sealingKey.isEmpty ? "" : "sealing key \(keys.sealingKey.octets.hex)",
          keys.sealingKey.isEmpty ? "" : keys.wrappedIndexKey.octets.asIndexKey,
        ].filter { !$0.isEmpty }.joined(separator: ", ")
    case .setMemberRoles(let roles):
      "set roles of member \(roles.member) to \(roles.roles.listed("none"))"
    case .setSettings(let settings):
      "set heartbeat_ms=\(settings.heartbeatMs) block_calls=\(settings.blockCalls) "
        + "block_bytes=\(settings.blockBytes) "
        + "pool_transactions_per_member=\(settings.poolTransactionsPerMember) "
        + "pool_bytes_per_member=\(settings.poolBytesPerMember)"
    case .setPermission(let rule):
      rule.roles.isEmpty && rule.organisations.isEmpty
        ? "lift the restriction of \(rule.contract).\(rule.method)"
        : "restrict \(rule.contract).\(rule.method) to roles \(rule.roles.listed("any")) "
          + "of organisations \(rule.organisations.listed("any"))"
    case .trustChain(let chain): "trust chain \(chain.words)"
    case .setChannel(let channel):
      "\(channel.closed ? "close" : "open") channel \(channel.words)"
    case nil: "nothing"
    }
  }
}

extension WireValidatorRecord {
  fileprivate var words: String { "\(name), key \(signingKey.octets.hex)" }
}

extension WireMemberRecord {
  fileprivate var words: String {
    "\(id) of \(organisation), roles \(roles.listed("none")), \(region.asRegion), "
      + "valid from \(validFromMs == 0 ? "the start" : TimeText.iso(validFromMs)) "
      + "until \(validUntilMs == 0 ? "further notice" : TimeText.iso(validUntilMs)), "
      + "signing key \(signingKey.octets.hex), sealing key \(sealingKey.octets.hex), "
      + wrappedIndexKey.octets.asIndexKey
  }
}

extension WireChainRecord {
  fileprivate var words: String {
    "\(name), id \(chainID.octets.hex), suite \(suite), header format \(headerFormat), "
      + "revision \(revision), from epoch \(epoch) after height \(after) of "
      + "\(TimeText.iso(timeMs)), believed for \(trustingMs) ms, validators: "
      + validators.map(\.words).joined(separator: "; ")
  }
}

extension WireChannelRecord {
  fileprivate var words: String {
    "\(id) from chain \(localChain.octets.hex) to \(remoteChain.octets.hex) for messages "
      + "\(messageTypes.listed("none")), window \(window), "
      + "packets time out after \(maxTimeoutMs) ms at most, "
      + (leadsToPlace
        ? "to the place \(place) without a chain, for which \(gateway) speaks here"
        : "content between routers in \(mechanism), opened here by "
          + "\(carriers.listed("nobody")), routers there: "
          + (remoteRouters.isEmpty ? "none" : remoteRouters.map(\.words).joined(separator: "; ")))
  }
}

extension WireRouterRecord {
  fileprivate var words: String {
    "\(name), signing key \(signingKey.octets.hex), sealing key \(sealingKey.octets.hex)"
  }
}

extension String {
  fileprivate var asRegion: String { isEmpty ? "everywhere" : "region \(self)" }
}

extension [String] {
  fileprivate func listed(_ none: String) -> String {
    isEmpty ? none : joined(separator: ", ")
  }
}

extension [UInt8] {
  fileprivate var asIndexKey: String { isEmpty ? "no index key" : "index key \(hex)" }
}
