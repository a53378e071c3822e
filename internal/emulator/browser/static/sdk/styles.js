// The look of what stands on the merchant's page around the form. The class
// names are those that the real SDK uses, as integrators' tests refer to them.
const styles = `
.ams-component-frame { border: 0; width: 100%; opacity: 0; display: block; color-scheme: normal; }
.ams-component-frame-shown { opacity: 1; transition: opacity .15s ease-in; }
#ams-component-mockup { position: fixed; inset: 0; z-index: 1000; background: rgb(0 0 0 / .45); }
.ams-component-container-desktop { position: fixed; top: 50%; left: 50%; z-index: 1001; width: 480px; max-width: calc(100vw - 32px); max-height: calc(100vh - 32px); transform: translate(-50%, -50%); border-radius: 14px; overflow: hidden; box-shadow: 0 24px 64px rgb(0 0 0 / .3); }
.ams-component-container-mobile { position: fixed; bottom: 0; left: 0; right: 0; z-index: 1001; max-height: 96vh; border-radius: 14px 14px 0 0; overflow: hidden; box-shadow: 0 -8px 40px rgb(0 0 0 / .3); }
.ams-component-inline { position: relative; width: 100%; }
#asm-component-close-block { position: absolute; top: 0; right: 8px; width: 40px; height: 40px; border: 0; border-radius: 50%; background: none; color: #3d2b00; font: 400 26px/1 system-ui, sans-serif; cursor: pointer; }
#asm-component-close-block:focus-visible { outline: 3px solid #1d4ed8; outline-offset: -3px; }
#asm-component-close-block[hidden] { display: none; }
#ams-component-loading { display: flex; align-items: center; justify-content: center; min-height: 96px; }
.ams-component-loading-popup { position: fixed; inset: 0; z-index: 1001; }
#ams-component-loading::after { content: ""; width: 32px; height: 32px; border: 3px solid rgb(128 128 128 / .35); border-top-color: #1d4ed8; border-radius: 50%; animation: ams-component-turn .9s linear infinite; }
@keyframes ams-component-turn { to { transform: rotate(1turn); } }
#ams-component-retention { position: fixed; top: 50%; left: 50%; z-index: 1009; width: 400px; max-width: calc(100vw - 32px); box-sizing: border-box; padding: 24px; transform: translate(-50%, -50%); border: 0; border-radius: 14px; background: #fff; color: #1f2430; font: 400 15px/1.5 system-ui, sans-serif; box-shadow: 0 24px 64px rgb(0 0 0 / .4); }
#ams-component-retention[hidden] { display: none; }
#ams-component-retention h2 { margin: 0 0 8px; font: 600 18px/1.4 system-ui, sans-serif; }
#ams-component-retention p { margin: 0 0 20px; }
#ams-component-retention div { display: flex; gap: 12px; justify-content: flex-end; }
#ams-component-retention button { min-height: 44px; padding: 0 20px; border: 1px solid #1d4ed8; border-radius: 8px; background: #fff; color: #1d4ed8; font: 600 15px/1 system-ui, sans-serif; cursor: pointer; }
#ams-component-retention #ams-component-retention-remain { background: #1d4ed8; color: #fff; }
#ams-component-retention button:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
.ams-popupoverlay { position: fixed; inset: 0; z-index: 1100; background: rgb(0 0 0 / .45); }
.ams-popupmodal { position: fixed; top: 50%; left: 50%; z-index: 1101; width: 480px; max-width: calc(100vw - 32px); height: 560px; max-height: calc(100vh - 32px); transform: translate(-50%, -50%); border-radius: 14px; overflow: hidden; background: #fff; box-shadow: 0 24px 64px rgb(0 0 0 / .4); }
.ams-popupmodal-mobile { top: auto; bottom: 0; left: 0; right: 0; width: 100%; max-width: none; height: 80vh; transform: none; border-radius: 14px 14px 0 0; }
.ams-popupmodal iframe { width: 100%; height: 100%; border: 0; color-scheme: normal; }
@media (prefers-reduced-motion: reduce) { #ams-component-loading::after { animation-duration: 4s; } .ams-component-frame-shown { transition: none; } }
`;
