internal import Cryptography
internal import Wire

// Other chains, and channels to them.

extension Registry {
  /// Another chain is believed from an epoch of its on, for the first time or anew.
  mutating func trust(
    _ record: WireChainRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let chain = try checked(field, "chain") { () throws(ModelFault) in try TrustedChain(record) }
    let asset = TrustedChain.asset(chain.id.bytes)
    let before = chains[asset.key]
    guard chain.revision == (before?.revision ?? 0) + 1 else {
      throw Refusal(.malformedChange, field: "\(field).revision", value: "\(record.revision)")
    }
    guard before == nil || before?.suite == record.suite else {
      throw Refusal(.malformedChange, field: "\(field).suite", value: record.suite)
    }
    chains[asset.key] = record
    return [RegistryWrite(asset: asset, value: record.encoded)]
  }

  /// A channel is opened, or gets other terms; the two chains that it joins stay.
  mutating func set(
    _ terms: WireChannelRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    try checked(field, "channel") { () throws(ModelFault) in try Channel.check(terms) }
    if terms.leadsToPlace {
      try checkPlace(terms, field)
    } else if chains[TrustedChain.asset(terms.remoteChain.octets).key] == nil {
      throw Refusal(
        .unknownSubject, field: "\(field).remote_chain", value: terms.remoteChain.octets.hex)
    }
    if let before = channels[terms.id] {
      guard before != terms else {
        throw Refusal(.noChange, field: field, value: terms.id)
      }
      guard before.localChain == terms.localChain, before.remoteChain == terms.remoteChain else {
        throw Refusal(.subjectExists, field: "\(field).id", value: terms.id)
      }
    }
    channels[terms.id] = terms
    return [RegistryWrite(asset: Channel.asset(terms.id), value: terms.encoded)]
  }
}
