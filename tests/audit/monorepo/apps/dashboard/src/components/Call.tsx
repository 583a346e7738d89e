"use client";
import { useEffect, useRef } from "react";

const ICE_SERVERS = [
  { urls: "stun:stun.callroom.example:3478" },
  {
    urls: "turn:turn.callroom.example:3478",
    username: "callroom",
    credential: "q7Zt4mVx9LkRw2Np",
  },
];

export function Call({ room }: { room: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const peer = new RTCPeerConnection({ iceServers: ICE_SERVERS });
    peer.oniceconnectionstatechange = () => {
      if (peer.iceConnectionState === "failed") {
        peer.restartIce();
      }
    };
    peer.ontrack = (event) => {
      video.current!.srcObject = event.streams[0];
      video.current!.play().catch(() => {});
    };
    fetch(`/api/rooms/${room}/join`, { method: "POST" }).catch(() => {});
    return () => peer.close();
  }, [room]);
  return <video ref={video} />;
}
