public import Cryptography
public import Wire

// Channels whose other end is a place without a chain.

extension WireChannelRecord {
  /// Whether the other end is a place without a chain: nothing is proven there.
  public var leadsToPlace: Bool { !gateway.isEmpty || !place.isEmpty }

  /// Makes the other end a place of this name, for which the member speaks. The local chain is set.
  public mutating func lead(
    to place: String, through gateway: String, suite: any CryptoSuite
  ) {
    self.place = place
    self.gateway = gateway
    carriers = [gateway]
    remoteChain = Channel.placeID(place, of: localChain.octets, suite: suite).bytes.data
  }
}

extension Channel {
  /// What packets name as the chain of a place.
  /// - Parameters:
  ///   - name: By which this chain knows the place.
  ///   - chain: The id of this chain: places of different chains are never taken for one another.
  /// - Source: docs/spec/20-relay.md, rule R40.
  public static func placeID(
    _ name: String, of chain: [UInt8], suite: any CryptoSuite
  ) -> Digest {
    suite.hash(.place, chain + Array(name.utf8))
  }

  /// Nobody stands between this chain and the place but the gateway member.
  static func checkPlace(_ terms: WireChannelRecord) throws(ModelFault) {
    let gateway = try terms.gateway.checkedName(field: "channel.gateway")
    let place = try terms.place.checkedName(field: "channel.place")
    guard !place.utf8.contains(UInt8(ascii: "/")) else {
      throw .invalid(field: "channel.place", value: place, remedy: "leave out the slash")
    }
    guard terms.carriers == [gateway] else {
      throw .invalid(
        field: "channel.carriers", value: terms.carriers.joined(separator: " "),
        remedy: "name the gateway member, and nobody else")
    }
    guard terms.mechanism.isEmpty else {
      throw .invalid(
        field: "channel.mechanism", value: terms.mechanism,
        remedy: "leave it out: no routers exchange content with a place")
    }
    guard terms.remoteRouters.isEmpty else {
      throw .invalid(
        field: "channel.remote_routers", value: "\(terms.remoteRouters.count)",
        remedy: "name none: a place has no routers")
    }
  }
}

extension Registry {
  /// The place has the id that follows from its name, and a member speaks for it.
  func checkPlace(_ terms: WireChannelRecord, _ field: String) throws(Refusal) {
    let id = Channel.placeID(terms.place, of: terms.localChain.octets, suite: suite)
    guard terms.remoteChain.octets == id.bytes else {
      throw Refusal(
        .malformedChange, field: "\(field).remote_chain", value: terms.remoteChain.octets.hex)
    }
    guard members[terms.gateway] != nil else {
      throw Refusal(.unknownSubject, field: "\(field).gateway", value: terms.gateway)
    }
  }
}
