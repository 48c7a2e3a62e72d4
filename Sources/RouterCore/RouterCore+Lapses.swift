internal import BuiltinContracts
internal import Wire

// R18: packets that their recipients did not decide in time lapse, which takes this chain alone.
extension RouterCore {
  /// - Returns: Whether packets are made to lapse now, before anything is asked.
  mutating func lapse(_ channel: String, _ view: ChannelView) -> Bool {
    guard var open = passages[channel]?.open else { return false }
    defer { passages[channel]?.open = open }
    switch open.search(view.state, now: now) {
    case .received(let after, let newest, let count)?:
      effects.append(.findOpen(channel: channel, after: after, newest: newest, count: count))
    case .known(let sequences)?:
      effects.append(.checkOpen(channel: channel, sequences))
    case nil: break
    }
    let due = open.due(chainMs: view.timeMs, now: now) { sequence in
      isTurn(sequence, channel) ? 0 : settings.lapseMs
    }
    guard !due.isEmpty else { return false }
    submit(due.prefix(Self.lapsesMax).map { lapse(channel, $0) }, channel, nil)
    return true
  }

  /// Lapses in one transaction: as many as absences are proven at once.
  private static let lapsesMax = Serving.Limit.absences

  private func lapse(_ channel: String, _ sequence: UInt64) -> CarriedCall {
    var call = RelayLapse()
    call.channel = channel
    call.sequence = sequence
    return CarriedCall(
      kind: .lapse(sequence), method: "lapse", arguments: call.encoded, attachment: nil)
  }

  mutating func foundOpen(_ channel: String, _ newest: UInt64, _ packets: [RelayPacket]) {
    passages[channel]?.open.found(packets, upTo: newest, now: now, settings)
  }

  mutating func decided(_ channel: String, _ sequences: [UInt64]) {
    passages[channel]?.open.decided(sequences, now: now, settings)
  }

  mutating func lapsed(_ channel: String, _ sequence: UInt64, _ refusal: CallOutcome.Refused?) {
    if let refusal, refusal.code != "relay.decided" {
      passages[channel]?.open.isEarly(sequence, now: now)
    } else {
      passages[channel]?.open.ended(sequence)
    }
  }
}
