import BuiltinContracts
import ContractEngine
import LedgerModel
import Wire

/// A contract of the test chains that puts any packet into the state: what a chain of another
/// version, or one whose validators lie together, could prove.
enum Forge {
  static let contract = Contract(
    "forge",
    methods: [
      Method(
        "put", arguments: WireValueProof.self,
        touches: { [AssetID(namespace: $0.namespace, key: $0.key)] },
        perform: { (call, scope) throws(Refusal) in
          let asset = AssetID(namespace: call.namespace, key: call.key)
          if let sent = try? RelaySentPacket(strict: call.value.octets, limit: Limits.valueBytes) {
            try scope.append(to: asset, "put", value: sent, details: sent.packet)
          }
          if let state = try? RelayChannelState(
            strict: call.value.octets, limit: Limits.valueBytes)
          {
            try scope.append(to: asset, "put", value: state, details: state)
          }
        })
    ])

  /// Puts a packet where its source would keep it, or as received and of effect where its
  /// destination would: that has the same bytes.
  static func put(
    _ packet: RelayPacket, in namespace: String = "relay.sent", at sequence: UInt64
  ) -> RelayChain.Request {
    var sent = RelaySentPacket()
    sent.packet = packet
    if packet.schema > 0 { sent.sealed.attachment = [UInt8](repeating: 0x55, count: 32).data }
    return put(sent.encoded, in: namespace, "\(Crossing.channel):\(sequence)")
  }

  /// Puts a channel into a state that would take long to reach.
  static func put(_ state: RelayChannelState) -> RelayChain.Request {
    put(state.encoded, in: "relay.channel", Crossing.channel)
  }

  private static func put(
    _ value: [UInt8], in namespace: String, _ key: String
  ) -> RelayChain.Request {
    var call = WireValueProof()
    call.namespace = namespace
    call.key = key
    call.value = value.data
    return RelayChain.Request(contract: "forge", method: "put", arguments: call.encoded)
  }
}
