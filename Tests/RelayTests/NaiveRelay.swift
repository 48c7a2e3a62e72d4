/// One direction of a channel as a clerk would keep it, with nothing in common with the contract.
struct NaiveRelay {
  enum State { case sent, acknowledged, compensated }
  /// What the destination did with a packet.
  enum Fate { case none, open, effect, failure, skipped }

  struct Packet {
    let key: String
    let timeout: UInt64
    let hasRecipient: Bool
    /// Whether its recipient decides.
    let isAsked: Bool
    var state = State.sent
    var fate = Fate.none
  }

  let window: Int
  /// Packet 1 first.
  private(set) var packets: [Packet] = []
  /// Packets that the destination has passed.
  private(set) var passed = 0

  init(window: Int) { self.window = window }

  var unsettled: Int { packets.count { $0.state == .sent } }

  mutating func send(
    _ key: String, timeout: UInt64, hasRecipient: Bool, isAsked: Bool, now: UInt64
  ) -> Bool {
    let isUsed = packets.contains { $0.key == key && $0.state != .compensated }
    guard !isUsed, unsettled < window, timeout > now else { return false }
    packets.append(
      Packet(key: key, timeout: timeout, hasRecipient: hasRecipient, isAsked: isAsked))
    return true
  }

  private func isNext(_ number: Int) -> Bool { number == passed + 1 && number <= packets.count }

  mutating func receive(_ number: Int, now: UInt64) -> Bool {
    guard isNext(number), now < packets[number - 1].timeout else { return false }
    let packet = packets[number - 1]
    let isUsed = packets.contains {
      $0.key == packet.key && ($0.fate == .effect || $0.fate == .open)
    }
    packets[number - 1].fate =
      !packet.hasRecipient || isUsed ? .failure : packet.isAsked ? .open : .effect
    passed = number
    return true
  }

  private func isOpen(_ number: Int) -> Bool {
    number <= packets.count && packets[number - 1].fate == .open
  }

  mutating func decide(_ number: Int, taken: Bool, now: UInt64) -> Bool {
    guard isOpen(number), now < packets[number - 1].timeout else { return false }
    packets[number - 1].fate = taken ? .effect : .failure
    return true
  }

  mutating func lapse(_ number: Int, now: UInt64) -> Bool {
    guard isOpen(number), now >= packets[number - 1].timeout else { return false }
    packets[number - 1].fate = .failure
    return true
  }

  mutating func skip(_ number: Int, now: UInt64) -> Bool {
    guard isNext(number), now >= packets[number - 1].timeout else { return false }
    packets[number - 1].fate = .skipped
    passed = number
    return true
  }

  mutating func acknowledge(_ number: Int) -> Bool {
    guard number <= packets.count, packets[number - 1].state == .sent else { return false }
    switch packets[number - 1].fate {
    case .effect: packets[number - 1].state = .acknowledged
    case .failure: packets[number - 1].state = .compensated
    case .none, .open, .skipped: return false
    }
    return true
  }

  /// - Parameter seen: The destination's newest time whose state is known at the source.
  mutating func timeOut(_ number: Int, seen: UInt64) -> Bool {
    guard number <= packets.count, packets[number - 1].state == .sent,
      packets[number - 1].fate == .none || packets[number - 1].fate == .skipped,
      seen >= packets[number - 1].timeout
    else { return false }
    packets[number - 1].state = .compensated
    return true
  }
}
