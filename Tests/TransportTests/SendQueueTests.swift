import Testing

@testable import Transport

/// The send queue against what it promises: order within a class, urgent first, bounds.
struct SendQueueTests {
  @Test("Each class keeps its order and every message arrives whole", arguments: 0..<30)
  func order(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var queue = SendQueue(urgentBytesMax: 1 << 30, bulkBytesMax: 1 << 30)
    var assembler = MessageAssembler { _ in MessageRule(byteCountMax: 1 << 20) }
    var sent: [MessageRule.Urgency: [[UInt8]]] = [.urgent: [], .bulk: []]
    var received: [MessageRule.Urgency: [[UInt8]]] = [.urgent: [], .bulk: []]
    for _ in 0..<100 {
      if Bool.random(using: &generator) {
        let urgency: MessageRule.Urgency = Bool.random(using: &generator) ? .urgent : .bulk
        let size = [0, 1, 300, 65_512, 65_513, 200_000].randomElement(using: &generator) ?? 0
        let payload = [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: size)
        _ = queue.append(kind: urgency.rawValue, payload, urgency)
        sent[urgency]?.append(payload)
      } else if let frame = queue.nextFrame() {
        let urgentWaits = (sent[.urgent]?.count ?? 0) > (received[.urgent]?.count ?? 0)
        #expect(frame.plaintext[1] == (urgentWaits ? 0 : 1), "urgent goes first")
        try take(frame, &assembler, &received)
      }
    }
    while let frame = queue.nextFrame() { try take(frame, &assembler, &received) }
    #expect(received == sent)
    #expect(queue.byteCount == 0)
    #expect(queue.messageCount == 0)
  }

  private func take(
    _ frame: SendQueue.Frame, _ assembler: inout MessageAssembler,
    _ received: inout [MessageRule.Urgency: [[UInt8]]]
  ) throws {
    #expect(frame.plaintext.count <= LinkFrame.byteCountMax)
    let whole = try assembler.read(frame.plaintext)
    #expect(frame.endsMessage == (whole != nil))
    guard let whole, let urgency = MessageRule.Urgency(rawValue: whole.kind) else { return }
    received[urgency]?.append(whole.payload)
  }

  @Test("A full class takes nothing more, the other one still does")
  func bounds() {
    let cost = SendQueue.messageOverhead
    var queue = SendQueue(urgentBytesMax: 2 * cost, bulkBytesMax: 3 * cost)
    for _ in 0..<2 { #expect(queue.append(kind: 0, [], .urgent) == .queued) }
    #expect(queue.append(kind: 0, [], .urgent) == .overflow)
    for _ in 0..<3 { #expect(queue.append(kind: 1, [], .bulk) == .queued) }
    #expect(queue.append(kind: 1, [], .bulk) == .dropped)
    #expect(queue.byteCount == 5 * cost)
    _ = queue.nextFrame()
    #expect(queue.append(kind: 0, [], .urgent) == .queued)
    #expect(queue.append(kind: 0, [0], .urgent) == .overflow)
  }

  @Test("One message larger than the queue is sent all the same")
  func largeMessage() {
    var queue = SendQueue(urgentBytesMax: 10, bulkBytesMax: 10)
    #expect(queue.append(kind: 1, [UInt8](repeating: 0, count: 100), .bulk) == .queued)
    #expect(queue.append(kind: 1, [], .bulk) == .dropped)
  }
}
