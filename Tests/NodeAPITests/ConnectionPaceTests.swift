import NIOCore
import Testing

@testable import NodeAPI

@Suite("Connection pace")
struct ConnectionPaceTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
  private var bounds: ConnectionPace.Bounds {
    var limits = APILimits()
    limits.idle = .seconds(60)
    limits.bodyGrace = .seconds(10)
    limits.bodyBytesPerSecond = 1_000
    limits.unread = .seconds(30)
    limits.linger = .seconds(2)
    return ConnectionPace.Bounds(limits)
  }

  private func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

  @Test("A silent connection has its idle time, and again after each answer")
  func idle() {
    var pace = ConnectionPace(bounds: bounds, now: start)
    #expect(!pace.isOverdue(now: after(60)))
    #expect(pace.isOverdue(now: after(61)))
    pace.headArrived(now: after(50))
    pace.requestArrived()
    #expect(!pace.isOverdue(now: after(5_000)), "the node takes its time")
    pace.answered(now: after(5_000))
    #expect(!pace.isOverdue(now: after(5_060)))
    #expect(pace.isOverdue(now: after(5_061)))
  }

  @Test("A body has its grace, and a second more for each thousand bytes that came")
  func body() {
    var pace = ConnectionPace(bounds: bounds, now: start)
    pace.headArrived(now: start)
    #expect(!pace.isOverdue(now: after(10)))
    #expect(pace.isOverdue(now: after(11)))
    pace.bodyArrived(bytes: 5_000)
    #expect(!pace.isOverdue(now: after(15)))
    #expect(pace.isOverdue(now: after(16)))
  }

  @Test("The body of a pipelined request has its time from the answer before it")
  func pipelined() {
    var pace = ConnectionPace(bounds: bounds, now: start)
    pace.headArrived(now: start)
    pace.requestArrived()
    pace.headArrived(now: start)
    #expect(!pace.isOverdue(now: after(1_000)))
    pace.answered(now: after(1_000))
    #expect(!pace.isOverdue(now: after(1_010)))
    #expect(pace.isOverdue(now: after(1_011)))
  }

  @Test("An unread answer and an announced end have their own bounds")
  func unreadAndEnd() {
    var pace = ConnectionPace(bounds: bounds, now: start)
    pace.headArrived(now: start)
    pace.requestArrived()
    pace.becameWritable(false, now: start)
    #expect(!pace.isOverdue(now: after(30)))
    #expect(pace.isOverdue(now: after(31)))
    pace.becameWritable(true, now: after(31))
    #expect(!pace.isOverdue(now: after(1_000)))
    pace.announcedEnd(now: after(1_000))
    #expect(!pace.isOverdue(now: after(1_002)))
    #expect(pace.isOverdue(now: after(1_003)))
  }
}
