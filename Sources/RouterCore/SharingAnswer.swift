internal import BuiltinContracts
internal import LedgerModel

extension SharingCore {
  /// How the answer to one channel's newest request stands: one thing at a time.
  struct Answer: Sendable {
    private enum Phase {
      case idle(untilMs: UInt64)
      /// Until something happens on the channel, or for so long.
      case pausing(untilMs: UInt64)
      case looking, finding
      case sharing([AssetID])
    }

    private var phase = Phase.idle(untilMs: 0)
    var hasChanged = false
    private var view: View?
    /// Of the request that is answered, or was; they count from 1.
    private var request: UInt64 = 0
    /// Where to look for the next invoices; `nil`: all were found.
    private var position: UInt64?
    /// Invoices that are still wanted.
    private var wanted: UInt32 = 0
    /// Found, and not shared yet.
    private var waiting: [AssetID] = []
    private var count: UInt32 = 0
    private var isEnded = true
    private var restMs: UInt64 = 0
    private var stalled: String?

    mutating func looked(_ new: View?, _ settings: Settings, _ now: RouterMoment) -> [Effect] {
      guard case .looking = phase else { return [] }
      view = new
      phase = .idle(untilMs: 0)
      return new == nil ? pause(settings, now) : []
    }

    /// Begins with a request that is newer than the last.
    private mutating func begin(_ view: View, _ channel: String) -> [Effect] {
      request = view.request.request.number
      position = view.request.request.cursor
      wanted = min(view.request.request.most, RelayContract.Limit.requestedInvoices)
      waiting = []
      count = 0
      isEnded = false
      return [.note(.begun(channel: channel, request: request))]
    }

    mutating func found(_ candidates: [Candidate], _ next: UInt64?) -> [Effect] {
      guard case .finding = phase else { return [] }
      for candidate in candidates.prefix(Int(wanted)) {
        // What was shared before is part of the answer as well.
        if candidate.isShared { wanted -= 1 } else { waiting.append(candidate.invoice) }
      }
      position = next
      phase = .idle(untilMs: 0)
      return []
    }

    mutating func shared(
      _ outcomes: [Outcome], _ channel: String, _ settings: Settings, _ now: RouterMoment
    ) -> [Effect] {
      guard case .sharing(let invoices) = phase else { return [] }
      var effects: [Effect] = []
      var later: String?
      for (invoice, outcome) in zip(invoices, outcomes) {
        switch outcome {
        case .later(let reason):
          later = reason
          continue
        case .shared:
          wanted -= min(wanted, 1)
          count += 1
          effects.append(.note(.shared(channel: channel)))
        case .skipped(let reason):
          effects.append(.note(.skipped(channel: channel, invoice: invoice, reason: reason)))
        }
        waiting.removeAll { $0 == invoice }
      }
      phase = .idle(untilMs: 0)
      // How much room there is now is not known.
      view = nil
      if let later { return effects + rest(later, channel, settings, now) }
      restMs = 0
      return effects
    }

    mutating func rest(
      _ reason: String, _ channel: String, _ settings: Settings, _ now: RouterMoment
    ) -> [Effect] {
      restMs = min(max(2 * restMs, settings.restMs.lowerBound), settings.restMs.upperBound)
      phase = .idle(untilMs: now.steadyMs + restMs)
      view = nil
      return stall(reason, channel)
    }

    private mutating func stall(_ reason: String?, _ channel: String) -> [Effect] {
      guard stalled != reason else { return [] }
      stalled = reason
      return [.note(.stalled(channel: channel, reason: reason))]
    }

    /// What is to be done next, if nothing is under way.
    mutating func advance(
      _ channel: String, _ settings: Settings, _ now: RouterMoment
    ) -> [Effect] {
      switch phase {
      case .idle(let untilMs): guard now.steadyMs >= untilMs else { return [] }
      case .pausing(let untilMs): guard hasChanged || now.steadyMs >= untilMs else { return [] }
      case .looking, .finding, .sharing: return []
      }
      guard let view else {
        hasChanged = false
        phase = .looking
        return [.look(channel: channel)]
      }
      var effects: [Effect] = []
      if view.request.request.number > request { effects = begin(view, channel) }
      guard !isEnded else { return effects + pause(settings, now) }
      if waiting.isEmpty, wanted == 0 || position == nil {
        isEnded = true
        let note = Note.ended(channel: channel, request: request, shared: count)
        return effects + stall(nil, channel) + [.note(note)] + pause(settings, now)
      }
      if waiting.isEmpty, let position {
        phase = .finding
        let most = min(settings.found, Int(wanted))
        return effects + [
          .find(channel: channel, from: position, height: view.height, most: most)
        ]
      }
      if let obstacle = view.obstacle {
        return effects + rest(obstacle, channel, settings, now)
      }
      // The channel changes when there is room again.
      guard view.room > 0 else { return effects + pause(settings, now) }
      let next = Array(waiting.prefix(min(settings.shared, view.room)))
      phase = .sharing(next)
      return effects + stall(nil, channel) + [.share(channel: channel, next, view)]
    }

    private mutating func pause(_ settings: Settings, _ now: RouterMoment) -> [Effect] {
      view = nil
      phase = .pausing(untilMs: now.steadyMs + settings.lookMs)
      return []
    }
  }
}
