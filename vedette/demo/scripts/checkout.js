function n(t,r){if(r>500)throw new RangeError(`order ${t}: ${r} is beyond the limit of 500`);return{url:`/receipts/${t}`}}import{jsxs as i}from"react/jsx-runtime";function s({orderId:t,total:r}){function o(){let e=n(t,r);window.location.assign(e.url)}return i("button",{onClick:o,children:["Pay ",r]})}export{s as Checkout};
//# sourceMappingURL=checkout.js.map
