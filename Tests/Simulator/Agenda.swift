/// What happens when, in one order: by time, and within a millisecond as it was scheduled.
struct Agenda<Event> {
  private struct Entry {
    let atMs: UInt64
    let number: UInt64
    let event: Event

    func precedes(_ other: Entry) -> Bool { (atMs, number) < (other.atMs, other.number) }
  }

  /// A binary heap: each entry precedes its two children.
  private var heap: [Entry] = []
  private var number: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }

  mutating func schedule(_ event: Event, atMs: UInt64) {
    number += 1
    heap.append(Entry(atMs: atMs, number: number, event: event))
    var child = heap.count - 1
    while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (atMs: UInt64, event: Event)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return (first.atMs, first.event) }
    heap[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { break }
      let right = left + 1
      let child = right < heap.count && heap[right].precedes(heap[left]) ? right : left
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return (first.atMs, first.event)
  }
}
