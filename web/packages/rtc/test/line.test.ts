import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type AudioState, Line, pauseAfter } from "../src/line.ts";

test("tries follow at once, then ever more slowly, but never more than five seconds apart", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 500].map((failures) => pauseAfter(failures, 1)),
    [300, 600, 1_200, 2_400, 4_800, 5_000, 5_000],
  );
});

test("a thousand pages whose server restarted do not come back at one moment", () => {
  assert.equal(pauseAfter(5, 0), 2_500);
  assert.equal(pauseAfter(5, 0.5), 3_750);
});

/** A connection whose steps end when the test says so. */
function aPeer() {
  let described: () => void = () => undefined;
  const sender = {
    track: null as unknown,
    replaceTrack: async (track: unknown) => {
      sender.track = track;
    },
  };
  const peer = {
    connectionState: "new",
    addTransceiver: () => ({ sender }),
    createOffer: async () => ({ sdp: "offer" }),
    setLocalDescription: async () => undefined,
    setRemoteDescription: () => new Promise<void>((resolve) => (described = resolve)),
    getSenders: () => [sender],
    close: () => {
      peer.connectionState = "closed";
    },
  };
  return { peer, sender, described: () => described() };
}

function aLine(test: TestContext, peer: unknown, states: AudioState[] = []): Line {
  const line = new Line({
    connect: async () => "answer",
    iceServers: async () => [],
    onState: (state) => states.push(state),
    onStream: () => undefined,
    onQuality: () => undefined,
    createPeer: () => peer as RTCPeerConnection,
  });
  test.after(() => line.close());
  return line;
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a line that is closed while the answer is taken in leaves nothing open", async (context) => {
  const { peer, described } = aPeer();
  const states: AudioState[] = [];
  const line = aLine(context, peer, states);
  line.reconnect();
  await settled();
  line.close();
  peer.connectionState = "connected";
  described();
  await settled();
  assert.equal(peer.connectionState, "closed");
  assert.deepEqual(states, ["connecting", "closed"]);
});

test("a microphone that is changed while the connection is made is the one that is sent", async (context) => {
  const { peer, sender, described } = aPeer();
  const replace = sender.replaceTrack;
  const line = aLine(context, peer);
  line.reconnect();
  await settled();
  await line.send("first" as never);
  // The next change comes while the first one is being taken over.
  sender.replaceTrack = async (track) => {
    sender.replaceTrack = replace;
    await line.send("second" as never);
    await replace(track);
  };
  peer.connectionState = "failed";
  described();
  await settled();
  assert.equal(sender.track, "second");
});
