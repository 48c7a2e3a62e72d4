import Storage
import Testing

@Suite("The store in memory can be made to fail")
struct MemoryStoreTests {
  @Test("After the allowed writes the device is full and nothing changes any more")
  func failsAfterWrites() throws {
    let store = MemoryStore(failingAfterWrites: 2)
    try store.put(Tables.state, [1], [1])
    try store.put(Tables.state, [2], [2])
    for _ in 0..<2 {
      let fault = #expect(throws: StorageFault.self) { try store.put(Tables.state, [1], [9]) }
      guard case .full = fault else {
        Issue.record("expected full, got \(String(describing: fault))")
        return
      }
    }
    #expect(store.get(Tables.state, [[1], [2]]) == [[1], [2]])
  }
}
