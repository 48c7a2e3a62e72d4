internal import NIOPosix

/// Does what a lane asks for: one loop that alone touches lane and outbox, and beside it at most
/// one call to each side.
struct LaneDriver<Time: Clock>: Sendable where Time.Duration == Duration {
  let source: any Gateway
  let outbox: Outbox
  let target: any Gateway
  let limits: LaneLimits
  let clock: Time

  private enum Event: Sendable {
    case replied(Lane.Call, Lane.Reply)
    case failed(OutboxFault)
    case woke(Lane.Side, at: Duration)
  }

  /// Runs until the task is cancelled.
  func run(
    using generator: some RandomNumberGenerator & Sendable,
    report: @Sendable (LaneStatus) -> Void
  ) async throws {
    let start = clock.now
    var generator = generator
    var lane = Lane(try await blocking { try outbox.contents() }, limits: limits)
    try await withThrowingTaskGroup(of: Event.self) { tasks in
      var busy: Set<Lane.Side> = []
      var alarms: [Lane.Side: Duration] = [:]
      repeat {
        let now = start.duration(to: clock.now)
        for side in Lane.Side.allCases where !busy.contains(side) {
          switch lane.next(side, now: now) {
          case .call(let call):
            busy.insert(side)
            tasks.addTask { await perform(call) }
          case .rest(let until?) where alarms[side].map({ until < $0 }) ?? true:
            alarms[side] = until
            tasks.addTask {
              try? await clock.sleep(until: start.advanced(by: until), tolerance: nil)
              return .woke(side, at: until)
            }
          case .rest: break
          }
        }
        report(lane.status)
        switch try await tasks.next() {
        case .replied(let call, let reply)?:
          busy.remove(call.side)
          let now = start.duration(to: clock.now)
          let changes = lane.take(reply, to: call, now: now, using: &generator)
          if !changes.isEmpty { try await blocking { try outbox.write(changes) } }
        case .failed(let fault)?: throw fault
        case .woke(let side, let time)?:
          if alarms[side] == time { alarms[side] = nil }
        case nil: return
        }
      } while !Task.isCancelled
      tasks.cancelAll()
    }
  }

  private func perform(_ call: Lane.Call) async -> Event {
    do {
      let reply = try await reply(to: call)
      return .replied(call, reply)
    } catch let fault as OutboxFault {
      return .failed(fault)
    } catch let fault as GatewayFault {
      return .replied(call, .failed(fault))
    } catch {
      return .replied(call, .failed(.unreachable(reason: "\(error)")))
    }
  }

  private func reply(to call: Lane.Call) async throws -> Lane.Reply {
    switch call {
    case .pull(let cursor, let limit):
      return .pulled(try await source.documents(after: cursor, limit: limit))
    case .settle(_, let id, let outcome):
      try await source.settle(id, as: outcome)
      return .settled
    case .deliver(let number):
      let document = try await blocking { try outbox.document(number) }
      return .delivered(try await target.deliver(document))
    case .ask(_, let id):
      return .told(try await target.outcome(of: id))
    }
  }

  /// Runs what blocks on a thread that may be blocked.
  private func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(body)
  }
}
