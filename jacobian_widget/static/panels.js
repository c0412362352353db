function p(e,t={},...n){if(t instanceof Node||typeof t=="string")return p(e,{},t,...n);let[r,o]=e.split("."),s=document.createElement(r);o&&(s.className=o),r==="button"&&s.setAttribute("type","button");for(let[i,l]of Object.entries(t))K(s,i,l);return s.append(...n),s}function K(e,t,n){if(n==null||n===!1&&!t.startsWith("aria-")){e.hasAttribute(t)&&e.removeAttribute(t);return}let r=n===!0&&!t.startsWith("aria-")?"":String(n);e.getAttribute(t)!==r&&e.setAttribute(t,r)}function G(e,t){e.textContent!==t&&(e.textContent=t)}function q(e,t){e.hidden===t&&(e.hidden=!t)}function Bn(e){let t=e.getRootNode();return t instanceof Document||t instanceof ShadowRoot?t.activeElement:null}var hs=/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,bs=/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u,gs=/^[\u200c\u200d]+$/,ws=/[\n\t\r]/,xs=/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Zl}\p{Zp}]/gu,Ie=(e,t,n)=>e[t+1]??n;function De(e,t){let n=0,r=e.length-1;for(;n<r;){let o=n+r+1>>1;e[o]<=t?n=o:r=o-1}return n}function Ue(e,t,n){let r=t[n],o=Ie(t,n,e.ids.length);return o===r+1?e.pieces[r]:e.pieces.slice(r,o).join("")}function Se(e){return e.replace(xs,t=>`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function ke(e,t,n){let r=t[n],o=Ie(t,n,e.ids.length),s=Se(e.labels.slice(r,o).join(""));return s.length>60?`${[...s].slice(0,58).join("")}…`:s}var Pt=1,Ct=2,sn="template",ys=/^[\p{P}\p{Z}\s]+$/u,_n=(e,t)=>e?.[t]===sn;function It(e){let t=new Uint8Array(e.ids.length),n=e.groups.number;for(let r=0;r<n.length;r++){let o=ys.test(Ue(e,n,r)),s=Ie(n,r,t.length);for(let i=n[r];i<s;i++)t[i]=(o?Ct:0)|(_n(e.roles,i)?Pt:0)}return t}function Fn(e,t,n){let r=Ie(t,n,e.ids.length);for(let o=t[n];o<r;o++)if(!_n(e.roles,o))return!1;return!0}var an=(e,t,n)=>e.generated!==null&&t[n]>=e.generated;function zn(e,t,n){let r=Ie(t,n,e.ids.length),o=new Set(e.roles?.slice(t[n],r));return o.size>1&&o.delete(sn),[o.has(sn)?"chat template":Se([...o].join(" and ")),an(e,t,n)?"generated":""].filter(i=>i!=="").join(", ")}function Pe(e){let t=e.replace(/␣/g," ").replace(/↵/g," line break ").replace(/⇥/g," tab ").trim();return t===""?"space":t}var Ot=e=>hs.test(e);function ln(e){return e===""?"·":!bs.test(e)||ws.test(e)||gs.test(e)?null:Se(e).startsWith("⟨")?Se(e):"·"}var Rt=(e,t,n)=>Ie(t,n,e.ids.length)-1>0||e.bos.length>0;var nt=["semantic","fisher","temperature","contrast","log_probability","entropy"];var Nt=class extends Error{};function fe(e){throw new Nt(e)}function wt(e){return typeof e=="object"&&e!==null&&!Array.isArray(e)}function bt(e,t){let n=e[t];return typeof n=="string"?n:fe(`"${t}" is not a text`)}function Ve(e,t){let n=e[t];return typeof n=="number"&&Number.isFinite(n)?n:fe(`"${t}" is not a finite number`)}function Ze(e,t){let n=Ve(e,t);return Number.isInteger(n)&&n>=0?n:fe(`"${t}" is not a whole number`)}function ht(e,t){return e[t]===null||e[t]===void 0?null:Ze(e,t)}function gt(e,t){let n=e[t];return Array.isArray(n)?n:fe(`"${t}" is not a list`)}function cn(e,t){let n=gt(e,t);return n.every(r=>typeof r=="string")?n:fe(`"${t}" holds something other than text`)}function qn(e,t){let n=gt(e,t);return n.every(r=>Number.isInteger(r)&&r>=0)?n:fe(`"${t}" holds something other than whole numbers`)}function Wt(e){let t,n=0,r;if(ArrayBuffer.isView(e))t=e.buffer,n=e.byteOffset,r=e.byteLength;else if(e instanceof ArrayBuffer)t=e,r=e.byteLength;else return null;return r%4!==0?null:n%4!==0?new Float32Array(t.slice(n,n+r)):new Float32Array(t,n,r/4)}function Be(e,t,n){let r=Wt(e[t]);r||fe(`"${t}" is not float32 data`),n!==void 0&&r.length!==n&&fe(`"${t}" holds ${r.length} numbers, ${n} were expected`);for(let o=0;o<r.length;o++)Number.isFinite(r[o])||fe(`"${t}" holds a number that is not finite`);return r}function tt(e,t,n){let r=qn(e,t);for(let o=0;o<r.length;o++){let s=r[o],i=o===0?0:r[o-1]+1;(s<i||s>=n||o===0&&s!==0)&&fe(`the groups "${t}" are out of order`)}return n>0&&r.length===0&&fe(`the groups "${t}" are missing`),r}function Un(e,t,n){if(t==null)return{ok:!0,value:null};if(!wt(t))return{ok:!1,error:`${e} is not a dictionary`};if(Object.keys(t).length===0)return{ok:!0,value:null};try{return{ok:!0,value:n(t)}}catch(r){if(r instanceof Nt)return{ok:!1,error:`${e}: ${r.message}`};throw r}}function js(e,t){if(e.roles===null||e.roles===void 0)return null;let n=[],r=gt(e,"roles");for(let[o,s]of r.entries()){let[i,l]=Array.isArray(s)?s:[],a=r[o+1],u=a===void 0?t:Array.isArray(a)?a[1]:null;for((typeof i!="string"||l!==n.length||!Number.isInteger(u)||u<=l)&&fe('the runs of "roles" are out of order');n.length<u;)n.push(i)}return n.length===t?n:fe(`"roles" are not those of ${t} tokens`)}function Vn(e){return Un("tokens",e,t=>{let n=qn(t,"ids"),r=cn(t,"pieces"),o=cn(t,"labels");(r.length!==n.length||o.length!==n.length)&&fe(`${n.length} ids, ${r.length} pieces and ${o.length} labels`);let s=t.groups;return wt(s)||fe('"groups" is not a dictionary'),{text:bt(t,"text"),ids:n,pieces:r,labels:o,groups:{token:tt(s,"token",n.length),word:tt(s,"word",n.length),number:tt(s,"number",n.length),sentence:tt(s,"sentence",n.length),line:tt(s,"line",n.length),regex:tt(s,s.regex===void 0?"token":"regex",n.length)},pattern:typeof t.pattern=="string"?t.pattern:"",bos:cn(t,"bos"),roles:js(t,n.length),generated:ht(t,"generated")}})}function ks(e){return wt(e)||fe("a prediction is not a dictionary"),{id:Ze(e,"id"),label:bt(e,"label"),piece:bt(e,"piece"),p:Ve(e,"p"),logit:Ve(e,"logit")}}function vs(e){return(!Array.isArray(e)||typeof e[0]!="string")&&fe("a direction has no name"),un(e[0],e[1])}function un(e,t){return t==null?e:`${e}:${t}`}function $s(e,t){if(e==null)return null;wt(e)||fe('"fisher" is not a dictionary');let n=Ze(e,"rank");return{rank:n,spectrum:Be(e,"spectrum",t*n),spectrumBos:Be(e,"spectrum_bos",n),remainder:Be(e,"remainder",t),remainderBos:Ve(e,"remainder_bos"),standardError:Be(e,"standard_error",t),dimension:Ze(e,"dimension"),captured:Be(e,"captured",n),exact:e.exact===!0,directions:e.n_directions===void 0?0:Ze(e,"n_directions"),rtol:e.rtol===void 0?0:Ve(e,"rtol")}}function Gn(e){return Un("basis",e,t=>{let n=gt(t,"directions").map(vs),r=n.length,o=r*(r+1)/2,s=Be(t,"gram"),i=t.fisher,l=o>0?s.length/o:wt(i)?Be(i,"standard_error").length:0;Number.isInteger(l)||fe(`"gram" holds ${s.length} numbers, which ${o} per token do not divide`);let a=Ze(t,"end");return a>l&&fe(`"end" is ${a}, beyond the ${l} tokens`),{text:bt(t,"text"),position:ht(t,"position"),length:l,end:a,directions:new Map(n.map((u,d)=>[u,d])),size:r,gram:s,gramBos:Be(t,"gram_bos",o),signed:Be(t,"signed",l*r),fisher:$s(i,l),predictions:gt(t,"predictions").map(ks),defaultTarget:ht(t,"default_target"),defaultFoil:ht(t,"default_foil"),actual:ht(t,"actual"),entropy:Ve(t,"entropy"),beta:Ve(t,"beta"),model:bt(t,"model"),nVjps:Ze(t,"n_vjps"),seconds:Ve(t,"seconds"),degenerate:t.degenerate===!0,complete:t.complete===!0}})}function Oe({scope:e,signed:t}){return t===!0&&e!=="fisher"}var Je=(e,t)=>t??e.defaultTarget;function rt(e,t,n){if(n!==null)return n;let r=Je(e,t);return e.predictions.find(o=>o.id!==r)?.id??e.defaultFoil}function Ms(e,t){let n=(o,s)=>e.directions.get(un(o,s)),r=Je(e,t.target);switch(t.scope){case"semantic":{if(r===null)return null;let o=n("log_probability",r),s=n("mean",null);if(o!==void 0&&s!==void 0)return[[o,1],[s,1]];let i=n("logit",r);return i===void 0?null:[[i,1]]}case"log_probability":{let o=r===null?void 0:n("log_probability",r);return o===void 0?null:[[o,1]]}case"contrast":{let o=rt(e,t.target,t.foil);if(r===null||o===null)return null;for(let s of["log_probability","logit"]){let i=n(s,r),l=n(s,o);if(i!==void 0&&l!==void 0)return[[i,1],[l,-1]]}return null}case"temperature":case"entropy":{let o=n(t.scope,null);return o===void 0?null:[[o,1]]}case"fisher":return null}}function Kn(e,t,n,r,o){let s=t*(t+1)/2,i=n.flatMap(([l,a])=>n.map(([u,d])=>({at:l>=u?l*(l+1)/2+u:u*(u+1)/2+l,by:a*d})));for(let{at:l,by:a}of i)for(let u=0;u<o;u++)r[u]=r[u]+a*e[u*s+l];for(let l=0;l<o;l++)r[l]=Math.max(0,r[l])}function Ss(e,t){let n=new Float64Array(e.length);if(t.scope==="fisher"){let s=e.fisher;if(!s)return null;let i=t.rank===null,l=i?s.rank:Math.min(s.rank,Math.max(1,t.rank)),a=i?s.remainderBos:0;for(let u=0;u<l;u++)a+=s.spectrumBos[u];for(let u=0;u<e.end;u++){let d=i?s.remainder[u]:0;for(let c=0;c<l;c++)d+=s.spectrum[u*s.rank+c];n[u]=Math.max(0,d)}return{parts:n,bos:Math.max(0,a),errors:i&&!s.exact?s.standardError:null,root:!1}}let r=Ms(e,t);if(!r)return null;if(Oe(t)){for(let[s,i]of r)for(let l=0;l<e.end;l++)n[l]=n[l]+i*e.signed[l*e.size+s];return{parts:n,bos:0,errors:null,root:!1}}let o=new Float64Array(1);return Kn(e.gram,e.size,r,n,e.end),Kn(e.gramBos,e.size,r,o,1),{parts:n,bos:o[0],errors:null,root:!0}}var Ts={template:Pt,delimiters:Ct};function Es(e,t,n,r=null,o=[]){let s=Ss(e,n);if(!s)return null;let{parts:i,bos:l,root:a}=s,u=o.reduce((x,v)=>x|Ts[v],0),d=t.length,c=new Float64Array(d),f=new Float64Array(d),g=s.errors?new Float64Array(d):null,b=new Int32Array(d),m=0,j=l,h=0,y=0,k=0;for(let x=0;x<d;x++){let v=t[x],T=Math.min(e.end,t[x+1]??e.length),E=0,L=0,O=!1;for(let C=v;C<T;C++){let z=i[C],N=Math.abs(z),Q=r?r[C]:0;j+=N,Q&Pt&&(y+=N),Q&Ct&&(k+=N),!(Q&u)&&(O=!0,E+=z,s.errors&&(L+=s.errors[C]))}O&&(b[m++]=x);let I=a?Math.sqrt(E):E;c[x]=I,f[x]=Math.abs(E),h=Math.max(h,Math.abs(I)),g&&(g[x]=L)}if(j>0)for(let x=0;x<d;x++)f[x]=f[x]/j;let M=b.slice(0,m),S=x=>Math.abs(c[x]);M.sort((x,v)=>S(v)-S(x)||x-v);let w=new Int32Array(d);for(let x=0;x<m;x++){let v=M[x],T=M[x-1],E=T!==void 0&&S(T)===S(v);w[v]=E?w[T]:x+1}let $=x=>j>0?x/j:0;return{scores:c,shares:f,errors:g,bosShare:$(l),templateShare:$(y),delimiterShare:$(k),signed:Oe(n),power:a?2:1,max:h,scored:m,order:M,rank:w}}var As=64;function Qn(){let e=new WeakMap,t=new WeakMap;return{picture(n,r,o,s,i=[]){let l=e.get(n);l||(l=new Map,e.set(n,l));let a=t.get(r);a||(a=It(r),t.set(r,a));let{scope:u,target:d,foil:c,rank:f}=s,g=JSON.stringify([u,d,c,f,Oe(s),o,i]),b=r.groups[o],m=l.get(g);if(m?.starts===b)return m.picture;let j=Es(n,b,s,a,i);return l.size>=As&&l.clear(),l.set(g,{picture:j,starts:b}),j}}}var Ls=e=>Math.asinh(e/.01)/Math.asinh(100);function Ps({order:e,scores:t},n){let r=0,o=e.length;for(;r<o;){let s=r+o>>1;Math.abs(t[e[s]])>n?r=s+1:o=s}return r}function Cs(e,{scale:t,vmax:n}){return t==="rank"?e.max:n??e.max}function pn(e,t,n){let r=Math.abs(e);if(!(r>0))return 0;if(n.scale==="rank")return t.scored>0?1-Ps(t,r)/t.scored:0;let o=Math.min(1,r/Cs(t,n));return n.scale==="log"?Ls(o):n.scale==="share"?o**t.power:o}function xt(e,t=0){return!(e>0)||e<t?0:Math.min(63,Math.max(1,Math.round(e*63)))}function ot(e,t,n){let{scores:r}=e;for(let o=0;o<r.length;o++){let s=r[o],i=xt(pn(s,e,t),t.threshold);n[o]=s<0?-i:i}}var Is="⁰¹²³⁴⁵⁶⁷⁸⁹",yt=e=>e===0?0:Math.floor(Math.log10(Math.abs(e)));function dn(e){let t=yt(e),n=[...String(Math.abs(t))].map(r=>Is[Number(r)]).join("");return`${(e/10**t).toFixed(1)} × 10${t<0?"⁻":""}${n}`}function ue(e,t){if(e===0)return"0";let n=yt(t);if(n<-3||n>5)return dn(e);let r=Math.max(0,Math.min(5,2-n)),o=e.toFixed(r);return Number(o)===0?`< ${(10**-r).toFixed(r)}`:o.replace("-","−")}function Zn(e,t){let n=ue(Math.abs(e),t);return n==="0"||n.startsWith("<")?n:`${e<0?"−":"+"}${n}`}function Dt(e,t,n,r){if(!(t>0))return ue(e,n);let o=yt(n);if(o<-3||o>5)return`${dn(e)} ± ${dn(t)}`;let s=Math.max(0,Math.min(2-o,r>0?-yt(r):5,5)),i=Math.max(s,Math.min(s+1,-yt(t))),l=t.toFixed(i);return`${e.toFixed(i)} ± ${Number(l)===0?(10**-i).toFixed(i):l}`}function de(e){return e>0&&e<.005?"< 1 %":`${Math.round(e*100)} %`}function Xe(e){return e>0&&e<5e-4?"< 0.1 %":e<1&&e>.9995?"> 99.9 %":`${(e*100).toFixed(1)} %`}function Ae(e){let t=e%100,n=t>10&&t<14?"th":["th","st","nd","rd"][e%10]??"th";return`${e.toLocaleString("en")}${n}`}var pe=(e,t)=>`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`;function Jn(e){return e<10?`${Math.max(1,Math.round(e))} s`:e<55?`${Math.round(e/5)*5} s`:e<3300?`${Math.round(e/60)} min`:`${(e/3600).toFixed(1)} h`}var Xn={semantic:{name:"Semantic",unit:"logits per unit embedding norm",explains:"How far each token can move the logit of one target token.",target:!0},fisher:{name:"Fisher",unit:"nats",explains:"How far each token can move the whole next-token distribution.",target:!1},temperature:{name:"Temperature",unit:"β per unit embedding norm",explains:"How far each token can move the model’s confidence, its effective inverse temperature β.",target:!1},contrast:{name:"Contrast",unit:"logits per unit embedding norm",explains:"How far each token can move the target’s logit away from another token’s.",target:!0},log_probability:{name:"Log-probability",unit:"nats per unit embedding norm",explains:"How far each token can move the log-probability of one target token.",target:!0},entropy:{name:"Entropy",unit:"nats per unit embedding norm",explains:"How far each token can move the uncertainty (entropy) of the prediction.",target:!1}};var be=Xn,mn=["semantic","fisher","temperature"],Yn=["contrast","log_probability","entropy"];function er(e,t){let{tokens:n,starts:r,picture:o,question:s,basis:i}=e;if(!n||t<0||t>=r.length)return null;let l=r[t],a=Ie(r,t,n.ids.length)-1,u=n.ids.slice(l,a+1),d=a===l?`token ${l}, id ${u[0]}`:`tokens ${l}–${a}, ids ${u.slice(0,4).join(" ")}${u.length>4?" …":""}`,c={label:ke(n,r,t),score:"",place:"",share:"",origin:zn(n,r,t),tokens:d,hint:""};return Rt(n,r,t)||(c.hint="Nothing stands before it, so there is no prediction to explain."),o&&s&&i&&!e.degenerate&&(t===e.explained&&l>=i.end?c.place="explained here":l>=i.end?c.place="comes after the explained token, so no influence":o.rank[t]?(c.score=_e(o,t),c.place=`${Ae(o.rank[t]??0)} of ${o.scored.toLocaleString("en")}`,c.share=`${de(o.shares[t]??0)} of ${o.signed?"the sum without signs":"the influence"}`):c.place="hidden"),c}function _e(e,t){let n=e.scores[t]??0;if(e.signed)return Zn(n,e.max);let r=e.order[0]??0;return Dt(n,e.errors?.[t]??0,e.max,e.errors?.[r]??0)}function Re(e){let{unit:t}=be[e.scope];return Oe(e)?t.replace(/ per .*/,""):t}var tr=e=>e==="regex"?"piece":e;function rr(e,t){let n=Math.min(e.length,t.length),r=0;for(;r<n&&e[r]===t[r];)r++;let o=0;for(;o<n-r&&e[e.length-1-o]===t[t.length-1-o];)o++;let s=[];for(let a=0;a<r;a++)s.push({before:a,now:a,same:!0});let[i,l]=Rs(e.slice(r,e.length-o),t.slice(r,t.length-o));for(let a of Ns(i,l))s.push({before:a.before===null?null:a.before+r,now:a.now===null?null:a.now+r,same:a.same});for(let a=o;a>0;a--)s.push({before:e.length-a,now:t.length-a,same:!0});return s}function Rs(e,t){let n=new Map,r=o=>{let s=n.get(o)??n.size;return n.set(o,s),s};return[Int32Array.from(e,r),Int32Array.from(t,r)]}function Ns(e,t){if(e.length===0||t.length===0)return nr(e,t,null,0,0);let n=Math.min(Math.min(e.length,t.length)+1,Math.floor(1e9/(e.length+t.length))),r=Math.abs(e.length-t.length),o=Math.max(e.length,t.length);for(let s=32;;s=Math.min(o,s*8)){let i=Math.min(0,t.length-e.length)-s,l=r+2*s+1,{cost:a,steps:u}=Ws(e,t,n,i,l),d=s>=o||a<=n*(r+2*(s+1)),c=(e.length+1)*(r+2*Math.min(o,8*s)+1);if(d||c>12e6)return nr(e,t,u,i,l)}}function Ws(e,t,n,r,o){let s=new Uint8Array((e.length+1)*o),i=2*n-1,l=new Int32Array(o+1).fill(1073741824);for(let a=Math.max(0,-r);a<o&&a+r<=t.length;a++)l[a]=n*(a+r),s[a]=2;for(let a=1;a<=e.length;a++){let u=Math.max(0,-r-a),d=Math.min(o-1,t.length-r-a),c=e[a-1],f=a*o,g=1073741824;for(let b=u;b<=d;b++){let m=a+r+b,j=1073741824,h=0;m>0&&(j=l[b]+(t[m-1]===c?0:i));let y=l[b+1]+n;y<j&&(j=y,h=1);let k=g+n;k<j&&(j=k,h=2),l[b]=j,s[f+b]=h,g=j}}return{cost:l[t.length-e.length-r],steps:s}}function nr(e,t,n,r,o){let s=[],i=e.length,l=t.length;for(;i>0||l>0;){let a=i===0?2:l===0||!n?1:n[i*o+l-i-r],u=a===2?null:--i,d=a===1?null:--l;s.push({before:u,now:d,same:u!==null&&d!==null&&e[u]===t[d]})}return s.reverse()}function Ge(e){return!(e.ctrlKey||e.metaKey||e.altKey)}var Ds=/^[\s\p{C}]*$/u,Hs=/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;function Ht(e){return Hs.test(e.match(/\p{L}/u)?.[0]??"")?"rtl":"ltr"}function fn(e,t,n,r){let o=r?"ArrowLeft":"ArrowRight",s=r?"ArrowRight":"ArrowLeft";return e===o?Math.min(n-1,t+1):e===s?Math.max(0,t-1):e==="Home"?0:e==="End"?n-1:null}var or=e=>{let t=e.getBoundingClientRect();return{x:(t.left+t.right)/2,y:(t.top+t.bottom)/2,height:t.height}};function Bt(e,t,n){let r=p("div",{role:"listbox"}),o=[],s=!1,i=0,l,a=c=>{let f=c.target.closest?.("[data-item]")?.dataset.item;return f===void 0?null:Number(f)};function u(c){i!==c&&o[i]?.removeAttribute("tabindex"),i=c;let f=o[c];f&&K(f,"tabindex",0)}function d(c,f){let g=or(o[c]),b=null,m=c,j=Number.POSITIVE_INFINITY;for(let h=c+f;h>=0&&h<o.length;h+=f){let y=or(o[h]);if(!(Math.abs(y.y-g.y)<g.height/2)){if(b===null)b=y.y;else if(Math.abs(y.y-b)>g.height/2)break;Math.abs(y.x-g.x)<j&&(j=Math.abs(y.x-g.x),m=h)}}return m}return r.addEventListener("pointerover",c=>n.point(a(c)),{signal:t}),r.addEventListener("pointerleave",()=>n.point(null),{signal:t}),r.addEventListener("pointerdown",c=>{let f=a(c);f!==null&&u(f)},{signal:t}),r.addEventListener("click",c=>{let f=a(c);f!==null&&n.choose(f)},{signal:t}),r.addEventListener("focusin",c=>{let f=a(c);f!==null&&(K(o[f],"aria-label",n.name(f)),c.target.matches(":focus-visible")&&n.point(f))},{signal:t}),r.addEventListener("focusout",()=>n.point(null),{signal:t}),e.on(r,c=>{if(!Ge(c)||o.length===0)return!1;if(c.key==="Enter"||c.key===" ")return n.choose(i),!0;let f=c.key==="ArrowDown"?d(i,1):c.key==="ArrowUp"?d(i,-1):fn(c.key,i,o.length,s);return f===null?!1:(u(f),o[f]?.focus(),!0)}),{el:r,items(c,f){r.contains(l??null)&&l?.classList.remove("is-hot"),l=void 0,o=c,s=f;for(let[b,m]of o.entries()){K(m,"role","option"),K(m,"data-item",b);let j=m.textContent??"";Ds.test(j)&&K(m,"aria-label",Pe(Se(j)))}i=Math.max(0,Math.min(i,o.length-1)),u(i)},light(c){let f=c===null?void 0:o[c];f!==l&&(l?.classList.remove("is-hot"),f?.classList.add("is-hot"),l=f)}}}var Bs=24,_s=e=>e===0?"transparent":`color-mix(in srgb,var(${e<0?"--jw-negative":"--jw-ink"}) ${(100*Math.abs(e)/63).toFixed(1)}%,transparent)`;function Fs(e,t){let n=[];for(let r=0;r<e.length;){let o=r+1;for(;o<e.length&&e[o]===e[r];)o++;let s=_s(e[r]);n.push(`${s} ${(100*r/t).toFixed(3)}% ${(100*o/t).toFixed(3)}%`),r=o}return e.length<t&&n.push(`transparent ${(100*e.length/t).toFixed(3)}%`),`linear-gradient(90deg,${n.join(",")})`}function _t(e,t,n,r){let o=p("span",{class:"jw-cell",role:"option",id:`${n}-cell`}),s=p("div",{class:"jw-strip",role:"listbox",tabindex:0,dir:"ltr"},o),i=[],l=0,a=1,u=1,d=new Int32Array(0),c=0,f=!1,g=h=>Math.floor(h/u);function b(h){o.classList.toggle("is-hot",h!==null);let y=g(h??c);i[Math.floor(y/a)]&&(o.style.insetInlineStart=`${100*(y%a)/a}%`,o.style.inlineSize=`${100/a}%`,o.style.top=`${100*Math.floor(y/a)/i.length}%`,o.style.height=`${100/i.length}%`)}function m(){K(o,"aria-label",r.name(c)),K(o,"aria-posinset",c+1),K(o,"aria-setsize",l)}let j=h=>{let y=s.getBoundingClientRect(),k=Math.floor((h.clientY-y.top)/y.height*i.length),M=Math.floor((h.clientX-y.left)/y.width*a);return k<0||k>=i.length||M<0||M>=a?null:d[k*a+M]??null};return s.addEventListener("pointermove",h=>r.point(j(h)),{signal:t,passive:!0}),s.addEventListener("pointerleave",()=>r.point(null),{signal:t}),s.addEventListener("click",h=>{let y=j(h);y!==null&&(c=y,r.choose(y))},{signal:t}),s.addEventListener("focusin",()=>{f=s.matches(":focus-visible"),m(),f&&r.point(c)},{signal:t}),s.addEventListener("focusout",()=>{f=!1,r.point(null)},{signal:t}),e.on(s,h=>{if(!Ge(h)||l===0)return!1;if(h.key==="Enter"||h.key===" ")return r.choose(c),!0;let y=a*u,k=h.key==="ArrowDown"?y:h.key==="ArrowUp"?-y:0,M=k===0?fn(h.key,c,l,!1):c+k;return M===null?!1:(c=Math.max(0,Math.min(l-1,M)),m(),r.point(c),!0)}),{el:s,draw(h,y){l!==h.length&&(c=Math.min(c,Math.max(0,h.length-1))),l=h.length,a=y,u=Math.max(1,Math.ceil(l/(y*Bs)));let k=new Int8Array(Math.ceil(l/u));d=new Int32Array(k.length);for(let S=0;S<k.length;S++){let w=S*u;for(let $=w+1;$<Math.min(l,(S+1)*u);$++)Math.abs(h[$])>Math.abs(h[w])&&(w=$);d[S]=w,k[S]=h[w]}let M=Math.max(1,Math.ceil(k.length/a));i.length!==M&&(i=Array.from({length:M},()=>p("div",{class:"jw-strip-row"})),s.replaceChildren(...i,o));for(let[S,w]of i.entries())w.style.backgroundImage=Fs(k.subarray(S*a,(S+1)*a),a);K(s,"aria-activedescendant",o.id),m()},light:b}}var Ft=400;function bn(e){return e===0?"":e<0?` w${-e} is-negative`:` w${e}`}function gn(e,t){let n=ln(t);K(e,"data-mark",n);for(let r of t.split(/(\n)/))r===`
`?e.append(p("span",{class:"jw-break"},r)):r&&e.append(r)}function wn(e){return`${ln(e)===null?"":" is-ghost"}${Ot(e)?" is-isolated":""}`}function st({dispatch:e,focus:t,keys:n,signal:r},o,s,i){let l=null,a=null,u=null,d=[],c=[],f={point:y=>e({type:"hover",group:y}),choose:y=>t(y),name:y=>l?`${Pe(ke(l.tokens,l.starts,y))}, ${l.says(y)}`:""},g=Bt(n,r,f),b=_t(n,r,o,f);g.el.classList.add("jw-mini");let m=p("div",{},g.el,b.el),j=y=>{for(let k of[g.el,b.el])K(k,"aria-label",y)};j(s);function h({tokens:y,starts:k}){a=y,u=k,c=[],d=k.map((M,S)=>{let w=Ue(y,k,S),$=p("span");return gn($,w),c.push(`jw-token${wn(w)}${Fn(y,k,S)?" is-template":""}${an(y,k,S)?" is-generated":""}`),$}),g.items(d,Ht(y.text)==="rtl"),g.el.replaceChildren(...d)}return{el:m,name:j,draw(y){let k=l;l=y;let{tokens:M,starts:S,levels:w,end:$,explained:x,pointed:v}=y,T=S.length<=Ft;if(q(g.el,T),q(b.el,!T),!T){k?.levels!==w&&b.draw(w,i),b.light(v!==null&&v<w.length?v:null);return}let E=M!==a||S!==u;if(E&&h(y),E||k?.levels!==w||k.explained!==x||k.end!==$){for(let[L,O]of d.entries()){let I=L===x?" is-explained":S[L]>=$?" is-dim":"";O.className=`${c[L]}${bn(w[L])}${I}`}g.light(null)}g.light(v)}}}function zs({tokens:e,basis:t},n,r){let o=t.predictions.find(i=>i.id===n)?.label,s=o===void 0?e.ids.indexOf(n):-1;return Se(o??e.labels[s]??r(n))}function sr(e,t){let{basis:n,question:r}=e,o=i=>({token:i===null?"?":zs(e,i,t)}),s=o(Je(n,r.target));switch(r.scope){case"semantic":return["What moved the logit of ",s,"?"];case"log_probability":return["What moved the probability of ",s,"?"];case"contrast":return["Why ",s," rather than ",o(rt(n,r.target,r.foil)),"?"];case"fisher":return r.rank===null?["What moved the whole prediction?"]:[`What moved the prediction in its top ${pe(r.rank,"direction")}?`];case"temperature":return["What moved the model’s confidence?"];case"entropy":return["What moved its uncertainty?"]}}function ir({basis:e,question:t}){let n=e.position===null?"after the text":`at token ${e.position}`;return`${be[t.scope].name}${t.signed?", signed":""}, ${n}`}function zt(e){return e.map(t=>typeof t=="string"?document.createTextNode(t):p("span",{class:"jw-label"},t.token))}function ar(e){return e.map(t=>typeof t=="string"?t:Pe(t.token)).join("")}function Ke(e,t){return[p("span",{class:"jw-names"},...xn(e)),p("span",{},t)]}function xn(e){return e.flatMap((t,n)=>[...n>0?[document.createTextNode(" → ")]:[],p("span",{class:"jw-label"},t)])}function Le(e,t){let n=e.shares[t]??0;return(e.scores[t]??0)<0?-n:n}function He(e){return e<0?`−${de(-e)}`:de(e)}function Qe(e){let t=Math.abs(100*e);return t<.05?"0":`${e<0?"−":"+"}${t.toFixed(t<9.95?1:0)}`}function lr(e){let t=Array.from(e,(r,o)=>o).sort((r,o)=>e[r]-e[o]),n=new Float64Array(t.length);for(let r=0;r<t.length;){let o=r+1;for(;o<t.length&&e[t[o]]===e[t[r]];)o++;for(let s=r;s<o;s++)n[t[s]]=(r+1+o)/2;r=o}return n}function qt(e,t){let n=e.length;if(n<3)return null;let r=lr(e),o=lr(t),s=(n+1)/2,i=0,l=0,a=0;for(let u=0;u<n;u++){let d=r[u]-s,c=o[u]-s;i+=d*c,l+=d*d,a+=c*c}return l>0&&a>0?Math.max(-1,Math.min(1,i/Math.sqrt(l*a))):null}function cr(e,t){let n=Math.ceil(Math.min(e.length,t.length)/4),r=new Set(e.subarray(0,n)),o=0;for(let s of t.subarray(0,n))r.has(s)&&o++;return{shared:o,of:n}}function Ye(e){return e>=.9?"alike":e>=.7?"mostly alike":e>=.4?"somewhat alike":e>-.4?"differently":"in nearly opposite order"}var qs=100;function Ne(e){return e==="regex"?"piece":e}function yn(e,t){return e===t?"explained here":"after the explained token"}function Us(e,t,n,r){if(n>=r)return yn(n,r);let o=e.rank[t]??0;return o===0?"hidden":`${_e(e,t)}, ${Ae(o)} of ${e.scored.toLocaleString("en")}`}function jn(e,t){let n=[...e.order].filter(o=>(t.rank[o]??0)>0),r=o=>n.map(s=>Math.abs(o.scores[s]));return{rho:qt(r(e),r(t)),count:n.length}}function it(e){return`ρ = ${e.toFixed(2).replace("-","−")}`}function ur(e){let{signal:t,uid:n}=e,r=mn.map((h,y)=>{let k=p("select",{"aria-label":`Scope of picture ${y+1}`},...[...mn,...Yn].map(x=>p("option",{value:x},be[x].name))),M=st(e,`${n}-scope-${y}`,be[h].name,qs),S=p("p",{class:"jw-readout"}),w=p("p",{class:"jw-readout jw-quiet"}),$=p("div",{class:"jw-multiple"},k,M.el,S,w);return{scope:h,el:$,select:k,small:M,readout:S,range:w,picture:null,levels:new Int8Array,painted:""}}),o=p("div",{class:"jw-heading jw-part",id:`${n}-scopes`},"Three scopes"),s=p("tbody"),i=p("caption",{class:"jw-heading"}),l=p("table",{class:"jw-alike"},i,s),a=p("p",{class:"jw-quiet"},"ρ is Spearman’s rank correlation: 1 for the same order, 0 for unrelated ones, −1 for the reverse."),u=p("section",{"aria-labelledby":o.id},o,p("div",{class:"jw-multiples"},...r.map(h=>h.el)),l,a),d=[],c="",f=r.map(({small:h})=>h.el.querySelector(".jw-mini"));for(let h of f){let y=()=>{for(let k of f)k.scrollTop!==h.scrollTop&&(k.scrollTop=h.scrollTop)};h.addEventListener("scroll",y,{signal:t,passive:!0})}for(let h of r)h.select.addEventListener("change",()=>{let y=h.select.value,k=r.find(M=>M.scope===y);k&&(k.scope=h.scope),h.scope=y,j(e.scene())},{signal:t});function g(h,y){let{wish:k,question:M}=h;return{scope:y,target:M?M.target:k.target,foil:M?M.foil:k.foil,rank:y==="fisher"?k.rank:null,signed:k.signed}}function b(h,y){let{tokens:k,starts:M,basis:S,wish:w,pointed:$,explained:x}=y,{name:v}=be[h.scope];if(h.select.value=h.scope,!k||!S)return;let T=g(y,h.scope),E=h.scope==="temperature"&&S.degenerate,L=E?null:e.picture(S,k,T),O={scale:w.scale,vmax:h.scope===w.scope?w.vmax:null,threshold:w.threshold},I=`${O.scale} ${O.vmax} ${O.threshold}`;(L!==h.picture||I!==h.painted||h.levels.length!==M.length)&&(h.levels=new Int8Array(M.length),L&&ot(L,O,h.levels),h.picture=L,h.painted=I),h.small.name(`${v}: ${M.length.toLocaleString("en")} ${Ne(y.granularity)}s`);let C=Q=>L?Us(L,Q,M[Q],S.end):"no score";h.small.draw({tokens:k,starts:M,levels:h.levels,end:S.end,explained:x,pointed:$,says:C});let z=L?.order[0],N=$??z;if(!L||z===void 0||N===void 0||N>=M.length){let Q=y.state==="computing"?"On its way":"Not computed";h.readout.replaceChildren(E?"Says nothing about this model":Q),G(h.range,"");return}h.readout.replaceChildren($===null?"Strongest":"",...Ke([ke(k,M,N)],$===null?_e(L,N):C(N))),G(h.range,`Up to ${_e(L,z)} ${Re(T)}`)}function m(h){let y=r.map($=>$.picture);if(y.every(($,x)=>$===d[x])&&d.length>0)return;d=y;let k=`${Ne(h.granularity)}s`,M=[],S=[],w=0;for(let[$,x]of r.entries())for(let v of r.slice($+1)){if(!x.picture||!v.picture)continue;let{rho:T,count:E}=jn(x.picture,v.picture),{shared:L,of:O}=cr(x.picture.order,v.picture.order);if(w=E,T===null)continue;let I=`${be[x.scope].name} and ${be[v.scope].name}`;S.push(`${I} rank the ${k} ${Ye(T)}, ${it(T)}.`),M.push(p("tr",{},p("th",{scope:"row"},`${I} rank the ${k} ${Ye(T)}`),p("td",{class:"jw-number"},it(T)),p("td",{class:"jw-number"},`${L} of the ${O} strongest are the same`)))}s.replaceChildren(...M),G(i,M.length>0?`How alike they rank ${pe(w,Ne(h.granularity))}`:w>0?`Too few ${k} to say how alike they are ranked`:""),q(a,M.length>0),c=S.join(" ")}function j(h){let y=h.tokens!==null&&h.basis!==null&&h.drawable;if(q(u,y),!y)return"";for(let k of r)b(k,h);return m(h),u.classList.toggle("is-stale",!h.fits),K(u,"aria-busy",h.fits?null:"true"),c}return{el:u,update:j}}var Vs=160;function jt(){return p("span",{class:"jw-quiet"},"Point at a piece to read its numbers.")}var kn=6,Gs=.01;function vn(e){let t=Gs;for(let r=0;r<e.length;r++)t=Math.max(t,Math.abs(e[r]));return{levels:Int8Array.from(e,r=>Math.sign(r)*xt(Math.abs(r)/t)),full:t}}function $n(e,t=kn){return Array.from(e,(n,r)=>r).filter(n=>Qe(e[n])!=="0").sort((n,r)=>Math.abs(e[r])-Math.abs(e[n])||n-r).slice(0,t)}function kt(){let e=p("span"),t=p("span"),n=p("span",{class:"jw-number"}),r=s=>p("i",{class:`jw-sign jw-token w63${s}`,"aria-hidden":"true"});return{el:p("p",{class:"jw-sides jw-quiet"},p("span",{},r(""),e),p("span",{},r(" is-negative"),t),n),draw(s,i){G(e,s.more),G(t,s.less),G(n,i)}}}function Ks({labels:e,detail:t,value:n}){return`${[e.map(Pe).join(" becomes "),t.replace("→","to"),n].filter(o=>o!=="").join(", ")}: show in the text`}function at({dispatch:e,focus:t,signal:n},r){let o=p("div",{class:"jw-heading",id:r}),s=p("ol",{"aria-labelledby":r}),i=p("div",{class:"jw-ranked"},o,s),l=[],a=[],u=f=>{let g=a.findIndex(b=>b.contains(f.target));return l[g]?.group??null},d=f=>e({type:"hover",group:u(f)}),c=()=>e({type:"hover",group:null});return s.addEventListener("pointerover",d,{signal:n}),s.addEventListener("pointerleave",c,{signal:n}),s.addEventListener("focusin",d,{signal:n}),s.addEventListener("focusout",c,{signal:n}),s.addEventListener("click",f=>{let g=u(f);g!==null&&t(g)},{signal:n}),{el:i,draw(f,g,b){g!==l&&(l=g,G(o,f),a=g.map(({labels:m,detail:j,value:h,group:y})=>{let k=[p("span",{class:"jw-names"},...xn(m)),p("span",{class:"jw-quiet jw-number"},j),p("span",{class:"jw-number"},h)];return p("li",{},y===null?p("div",{},...k):p("button",{type:"button","aria-label":Ks({labels:m,detail:j,value:h,group:y})},...k))}),s.replaceChildren(...a),q(i,g.length>0));for(let[m,j]of a.entries())j.classList.toggle("is-hot",b!==null&&g[m]?.group===b)}}}function pr(e){let{uid:t}=e,n=st(e,`${t}-difference`,"Difference",Vs),r=kt(),o=at(e,`${t}-differences`),s=p("p",{class:"jw-readout"}),i=p("p"),l=p("div",{class:"jw-difference"},r.el,n.el,s,o.el,i),a=null,u="";function d(c,f,g,b){let{tokens:m,starts:j,basis:h}=c,y=Float64Array.from(j,(E,L)=>Le(b,L)-Le(g,L)),{levels:k,full:M}=vn(y),S=$n(y).map(E=>({labels:m?[ke(m,j,E)]:[],detail:`${He(Le(g,E))} → ${He(Le(b,E))}`,value:Qe(y[E]),group:E})),{rho:w,count:$}=jn(g,b),x=`${Ne(c.granularity)}s`,v=w===null?`Too few ${x} to say how alike the two rank them.`:`The two rank ${pe($,Ne(c.granularity))} ${Ye(w)}: ${it(w)}.`,T=h&&f.basis.position!==h.position;return{before:g,now:b,differences:y,levels:k,full:M,rows:S,alike:T?`${v} They explain different tokens.`:v}}return{el:l,update(c,f,g,b){let{tokens:m,starts:j,pointed:h,explained:y}=c;if(!m)return"";if(a?.before!==g||a.now!==b){a=d(c,f,g,b);let $=g.signed||b.signed;r.draw($?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`full ink: ${Qe(a.full).slice(1)} points of the influence`),G(i,a.alike);let x=a.rows[0];u=x?`Difference to the pinned picture: largest at ${Pe(x.labels.join(""))}, ${x.value} points. ${a.alike}`:`No difference to the pinned picture. ${a.alike}`}let{differences:k,levels:M,rows:S}=a,w=$=>`${Qe(k[$])} points, ${He(Le(g,$))} pinned, ${He(Le(b,$))} now`;return n.name(`Difference: ${j.length.toLocaleString("en")} ${Ne(c.granularity)}s`),n.draw({tokens:m,starts:j,levels:M,end:Number.POSITIVE_INFINITY,explained:y,pointed:h,says:w}),o.draw("Largest differences, in points of the influence",S,h),s.replaceChildren(...h===null||h>=j.length?[jt()]:Ke([ke(m,j,h)],w(h))),u}}}var Qs=5,dr=({tokens:e,starts:t},n)=>n!==null&&Ue(e,t,n).endsWith(`
`);function mr(e,t,n){let r=Bt(e,t,n);r.el.classList.add("jw-pairs");let o=[],s=null,i=[{spans:[],fixed:[]},{spans:[],fixed:[]}],l=[];function a({tokens:d,starts:c},f){let g=[];return{spans:f.map(m=>{if(m===null)return g.push(""),null;let j=Ue(d,c,m),h=p("span");return g.push(`jw-token${wn(j)}`),gn(h,j.replace(/\n+$/,`
`)),h}),fixed:g}}function u({spans:d,fixed:c},f,g,b){for(let[m,j]of d.entries()){let h=g[m];if(!j||h===null||h===void 0)continue;let y=f.starts[h]>=b.end,k=h===b.explained?" is-explained":y?" is-dim":"",M=`${c[m]}${bn(y?0:b.levels[h])}${k}`;j.className!==M&&(j.className=M)}}return{el:r.el,light:r.light,build(d,c,f){o=f,s=[d,c];let g=a(d,f.map(k=>k.before)),b=a(c,f.map(k=>k.now));i=[g,b],l=f.map(()=>p("i",{class:"jw-delta","aria-hidden":"true"}));let m=()=>p("span",{class:"jw-gap","aria-hidden":"true"}),j=f.map((k,M)=>p("span",{class:k.same?"jw-pair":"jw-pair is-changed"},g.spans[M]??m(),b.spans[M]??m(),l[M])),h=Ht(c.tokens.text+d.tokens.text)==="rtl";K(r.el,"dir",h?"rtl":"ltr"),r.items(j,h);let y=[];for(let[k,M]of j.entries()){y.push(M);let S=f[k];(dr(c,S.now)||S.now===null&&dr(d,S.before))&&y.push(p("br"))}r.el.replaceChildren(...y)},paint(d,c,f){if(s){u(i[0],s[0],o.map(g=>g.before),d),u(i[1],s[1],o.map(g=>g.now),c);for(let[g,b]of l.entries()){let m=f[g];b.classList.toggle("is-negative",m<0),b.style.setProperty("--jw-delta",`${(Math.abs(m)*Qs/63).toFixed(2)}px`)}}}}}var Zs=160;function fr({pieces:e,labels:t},n){return n.map((r,o)=>{let s=n[o+1]??e.length;return`${e.slice(r,s).join("")}\0${t.slice(r,s).join("")}`})}function Js(e,t,n,r){let o=e.filter(c=>c.same).length,s=e.filter(c=>c.now===null).length,i=e.filter(c=>c.before===null).length,l=e.length-o-s-i,a=[`${pe(o,t)} in both texts`,l>0?`${l.toLocaleString("en")} replaced`:"",s>0?`${s.toLocaleString("en")} only in the pinned one`:"",i>0?`${i.toLocaleString("en")} only in the one now`:""].filter(c=>c!==""),u=n===null?`Too few ${t}s stand opposite each other to say how alike they are ranked.`:`The two rank the ${pe(r,`paired ${t}`)} ${Ye(n)}: ${it(n)}.`,d=o<Math.min(e.length-i,e.length-s)/3;return`${a.join(", ")}. ${u}${d?" The texts have little in common.":""}`}function hr(e){let{dispatch:t,focus:n,keys:r,signal:o,uid:s,scene:i}=e,l=null,a=null,u=null,d="",c=null,f=I=>l?.pairs[I]?.now??null,g={point(I){u!==I&&(u=I,t({type:"hover",group:I===null?null:f(I)}),L(i()))},choose(I){let C=f(I);C!==null&&n(C)},name(I){let[C,z]=v(I);return`${C.map(Pe).join(" becomes ")}, ${z}`}},b=mr(r,o,g),m=_t(r,o,`${s}-aligned`,g),j=kt(),h=p("p",{class:"jw-quiet"}),y=p("p",{class:"jw-readout"}),k=at(e,`${s}-aligned-differences`),M=p("p"),S=p("div",{class:"jw-aligned"},h,j.el,b.el,m.el,y,k.el,M),w=I=>I.tokens.groups[i().granularity]??[],$=I=>a?ke(a.tokens,w(a),I):"",x=I=>{let{tokens:C,starts:z}=i();return C?ke(C,z,I):""};function v(I){let C=l?.pairs[I];if(!C||!l)return[[],""];let z=C.before===null?"":He(Le(l.before,C.before)),N=C.now===null?"":He(Le(l.now,C.now));return C.before===null?[[x(C.now)],`only in the text now, ${N}`]:C.now===null?[[$(C.before)],`only in the pinned text, ${z}`]:[C.same?[x(C.now)]:[$(C.before),x(C.now)],`${z} pinned, ${N} now`]}function T(I,{tokens:C,basis:z},N,Q,X){let{starts:ee,question:ne,explained:P}=I,B=w(N),W=c?.now!==ee||c.before!==B;(!c||W)&&(c={before:B,now:ee,pairs:rr(fr(N.tokens,B),fr(C,ee))});let{pairs:U}=c,se=new Float64Array(U.length),le=new Int32Array(ee.length).fill(-1),me=[],ge=[];for(let[H,F]of U.entries())F.now!==null&&(le[F.now]=H),se[H]=(F.now===null?0:Le(X,F.now))-(F.before===null?0:Le(Q,F.before)),!(F.now===null||F.before===null)&&(X.rank[F.now]===0||Q.rank[F.before]===0||(me.push(Math.abs(Q.scores[F.before])),ge.push(Math.abs(X.scores[F.now]))));let{levels:ye,full:ve}=vn(se),A={before:Q,now:X,pairs:U,itemOf:le,levels:ye,rows:[],alike:"",scale:""};l=A,a=N,A.rows=$n(se).map(H=>{let F=U[H],[Z]=v(H),D=F.before===null?"–":He(Le(Q,F.before)),_=F.now===null?"–":He(Le(X,F.now));return{labels:Z,detail:`${D} → ${_}`,value:Qe(se[H]),group:F.now}}),A.alike=Js(U,Ne(I.granularity),qt(me,ge),me.length);let V=E(N,I,Q,X),ce=V.by==="score"&&ne?Q.max>X.max?Q:X:null,ie=ce&&ne?`${I.wish.vmax===null?_e(ce,ce.order[0]??0):ue(V.full,V.full)} ${Re(ne)}`:`${de(V.full)} of the influence`,oe=U.length<=Ft;if(A.scale=oe?`Upper line pinned, lower line now, in one ink: up to ${ie}.`:"Too long to set one above the other: each cell is a pair, inked by its difference.",j.draw(Q.signed||X.signed?{more:"higher now",less:"lower now"}:{more:"more now",less:"less now"},`${oe?"bars up to":"full ink:"} ${Qe(ve).slice(1)} points of the influence`),q(b.el,oe),q(m.el,!oe),oe){let H=N.basis.position===null?null:De(B,N.basis.position);W&&b.build({tokens:N.tokens,starts:B},{tokens:C,starts:ee},U),b.paint({levels:V.before,end:N.basis.end,explained:H},{levels:V.now,end:z.end,explained:P},ye)}else m.draw(ye,Zs);let R=`Pinned text and text now: ${pe(U.length,"pair")}`;for(let H of[b.el,m.el])K(H,"aria-label",R);return A}function E(I,C,z,N){let Q=C.question;if(Q!==null&&Q.scope===I.question.scope&&Oe(Q)===Oe(I.question)){let P={scale:C.wish.scale,vmax:C.wish.vmax??Math.max(z.max,N.max),threshold:C.wish.threshold},B=W=>{let U=new Int8Array(W.scores.length);return ot(W,P,U),U};return{by:"score",full:P.vmax,before:B(z),now:B(N)}}let ee=Math.max(1e-9,...[z,N].map(P=>P.shares[P.order[0]??0]??0)),ne=P=>Int8Array.from(P.shares,(B,W)=>{let U=Le(P,W);return Math.sign(U)*xt(Math.abs(U)/ee)});return{by:"share",full:ee,before:ne(z),now:ne(N)}}function L(I){if(!l)return;let{pointed:C}=I,z=C===null?u:l.itemOf[C]??null,N=z===null||z<0?null:z;l.pairs.length<=Ft?b.light(N):m.light(N),k.draw("Largest differences, in points of the influence",l.rows,C),y.replaceChildren(...N===null?[jt()]:Ke(...v(N)))}let O="";return{el:S,fits:(I,C)=>I.granularity!=="regex"||C.tokens.pattern===(I.tokens?.pattern??""),update(I,C,z,N){let{wish:Q,explained:X,tokens:ee,basis:ne}=I;if(!ee||!ne)return"";let P=`${Q.scale} ${Q.threshold} ${X}`;if(l?.before!==z||l.now!==N||O!==P){O=P,u=null;let B=T(I,{tokens:ee,basis:ne},C,z,N);G(M,B.alike),G(h,B.scale);let W=B.rows[0];d=W?`Pinned text and text now: largest difference at ${W.labels.map(Pe).join(" becoming ")}, ${W.value} points. ${B.alike}`:`Pinned text and text now: no difference. ${B.alike}`}return L(I),d}}}var Mn=e=>typeof e=="object"&&e!==null&&!Array.isArray(e);function Ut(e){return ArrayBuffer.isView(e)?new DataView(e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength)):e instanceof ArrayBuffer?e.slice(0):Array.isArray(e)?e.map(Ut):Mn(e)?Object.fromEntries(Object.entries(e).map(([t,n])=>[t,Ut(n)])):e}function br(e,t,n){let{scope:r,target:o,foil:s,rank:i}=n,l={scope:r,target:o,foil:s,rank:i,...Oe(n)?{signed:!0}:{}};return{tokens:Ut(e),basis:Ut(t),question:l}}function Xs(e){if(!Mn(e))return null;let t=nt.find(o=>o===e.scope),n=o=>Number.isInteger(e[o])?e[o]:null;if(!t)return null;let r={target:n("target"),foil:n("foil"),rank:n("rank")};return{scope:t,...r,signed:e.signed===!0}}function gr(e){if(!Mn(e)||Object.keys(e).length===0)return{ok:!0,value:null};let t=Vn(e.tokens),n=Gn(e.basis),r=Xs(e.question);return t.ok?n.ok?!t.value||!n.value||!r?{ok:!1,error:"a part of it is missing"}:n.value.length!==t.value.ids.length?{ok:!1,error:`${n.value.length} scores, ${t.value.ids.length} tokens`}:{ok:!0,value:{tokens:t.value,basis:n.value,question:r}}:n:t}var Ys={ok:!0,value:null},ei=(e,t)=>e.length===t.length&&e.every((n,r)=>n===t[r]);function ti(e,t){let n=({basis:r,question:o})=>{let s=o.scope==="semantic"||o.scope==="log_probability"||o.scope==="contrast";return[r.text,r.position,r.model,o.scope,Oe(o),s?Je(r,o.target):null,o.scope==="contrast"?rt(r,o.target,o.foil):null,o.scope==="fisher"?o.rank:null].join("\0")};return n(e)===n(t)}function wr(e){let{signal:t,uid:n,label:r}=e,o=p("div",{class:"jw-heading jw-part",id:`${n}-pinned`},"Pinned"),s=p("button",{type:"button",class:"jw-chip"},"Pin this picture"),i=p("button",{type:"button",class:"jw-chip"},"Unpin"),l=p("p",{class:"jw-quiet"}),a=p("dd"),u=p("dd"),d=p("dl",{class:"jw-questions"},p("dt",{},"Pinned"),a,p("dt",{},"Now"),u),c=pr(e),f=hr(e),g=p("section",{"aria-labelledby":o.id},p("div",{class:"jw-row"},o,s,i),l,d,c.el,f.el),b,m=Ys,j=null;function h(){let w=e.get("pinned");return w!==b&&(b=w,m=gr(w)),m}s.addEventListener("click",()=>{let{question:w,fresh:$}=e.scene();if(!w||!$)return;let x=br(e.get("tokens"),e.get("basis"),w);e.wish({pinned:x})},{signal:t}),i.addEventListener("click",()=>{e.wish({pinned:{}}),s.focus()},{signal:t});function y(w,$){let x=sr($,r),v=ir($),T=`${ar(x)} ${v}`;w.dataset.said!==T&&(w.dataset.said=T,w.replaceChildren(p("span",{},...zt(x)),p("span",{class:"jw-quiet"},` ${v}`)))}function k(w,$){let x=w.tokens?.ids??[],v=$.tokens.ids;return(j?.of!==x||j.and!==v)&&(j={of:x,and:v,are:ei(x,v)}),j.are&&w.tokens?.text===$.tokens.text}function M(w){let{tokens:$,basis:x,picture:v,question:T,fresh:E}=w,L=h(),O=L.ok?L.value:null;K(s,"disabled",!E||!w.drawable),G(s,O?"Pin this picture instead":"Pin this picture"),q(i,O!==null||!L.ok),q(c.el,!1),q(f.el,!1);let I=$&&x&&T?{tokens:$,basis:x,question:T}:null;if(q(d,O!==null&&I!==null),!L.ok)return G(l,`What was pinned cannot be read (${L.error}). Pin again.`),q(l,!0),"";let[C,z]=S(w,O,I,v!==null);return G(l,C),q(l,C!==""),z}function S(w,$,x,v){if(!$)return["Keep this picture, then change scope, target or text: the next one is compared with it.",""];if(!x||!v||!w.picture)return["The picture to compare with is on its way.",""];y(a,$),y(u,x);let{tokens:T}=x;if(ti($,x))return["This is the pinned picture. Change scope, target, token or text to compare.","Pinned."];let E=k(w,$);if(!E&&!f.fits(w,$))return["The pinned text is not cut by this pattern. Pin it again, or colour by words.",""];let L=$.question,O=e.picture($.basis,E?T:$.tokens,L);if(!O)return["What was pinned has no scores for its question. Pin again.",""];let I=E?c:f;return q(I.el,!0),["",I.update(w,$,O,w.picture)]}return{el:g,update:M}}var ni=160;function xr(e){let{uid:t,label:n}=e,r=p("div",{class:"jw-heading jw-part",id:`${t}-towards`}),o=p("p",{class:"jw-quiet"},"Gradient × input of the difference of the two logits: what each token adds to it, to first order."),s=kt(),i=st(e,`${t}-towards-text`,"Towards",ni),l=p("p",{class:"jw-readout"}),a=at(e,`${t}-for-target`),u=at(e,`${t}-for-foil`),d=p("section",{"aria-labelledby":r.id},r,o,s.el,i.el,l,p("div",{class:"jw-both"},a.el,u.el)),c=null,f="",g=new Int8Array,b=[[],[]];return{el:d,update(m){let{tokens:j,starts:h,basis:y,question:k,wish:M,pointed:S}=m,w=k?.target??m.target,$=k?.foil??m.foil,x=j&&y&&w!==null&&$!==null&&w!==$?e.picture(y,j,{scope:"contrast",target:w,foil:$,rank:null,signed:!0}):null;if(q(d,x!==null&&m.drawable),!x||!j||!y||w===null||$===null)return"";let[v,T]=[Se(n(w)),Se(n($))],E={scale:M.scale,vmax:null,threshold:M.threshold},L=`${v} ${T} ${E.scale} ${E.threshold}`,O=C=>x.scores[C];if(c!==x||f!==L){c=x,f=L,g=new Int8Array(h.length),ot(x,E,g);let C=z=>[...x.order].filter(N=>z*O(N)>0).slice(0,kn/2).map(N=>({labels:[ke(j,h,N)],detail:"",value:ue(Math.abs(O(N)),x.max),group:N}));b=[C(1),C(-1)],r.replaceChildren(...zt(["Towards ",{token:v}," or towards ",{token:T}])),s.draw({more:`towards ${v}`,less:`towards ${T}`},`full ink: ${ue(x.max,x.max)} logits`)}let I=C=>{let z=h[C];return z>=y.end?yn(z,y.end):(x.rank[C]??0)===0?"hidden":O(C)===0?"towards neither":`${ue(Math.abs(O(C)),x.max)} towards ${O(C)>0?v:T}`};return i.name(`Towards ${v} or ${T}: ${h.length.toLocaleString("en")} ${Ne(m.granularity)}s`),i.draw({tokens:j,starts:h,levels:g,end:y.end,explained:m.explained,pointed:S,says:I}),a.draw(`Most towards ${v}`,b[0],S),u.draw(`Most towards ${T}`,b[1],S),l.replaceChildren(...S===null||S>=h.length?[jt()]:Ke([ke(j,h,S)],I(S))),""}}}var ri=400;function yr(e){let t=[ur(e),wr(e),xr(e)],n=p("div",{class:"jw-live",role:"status"}),r=p("div",{class:"jw-compare"},...t.map(i=>i.el),n),o="",s;return e.signal.addEventListener("abort",()=>clearTimeout(s)),{el:r,update(i){let a=t.map(u=>u.update(i)).filter(u=>u!=="").at(-1)??"";a===o||!i.fresh||(o=a,clearTimeout(s),s=setTimeout(()=>G(n,a),ri))}}}var jr=`.jw .jw-compare {
  display: grid;
  gap: 22px;
}
.jw .jw-compare > section {
  min-width: 0;
}
.jw .jw-compare .jw-part {
  margin-bottom: 6px;
  color: var(--jw-fg);
  font-size: 13px;
}
.jw .jw-compare .is-stale {
  --jw-ink: var(--jw-edge);
  --jw-negative: var(--jw-edge);
}

/* The small texts */
.jw .jw-multiples {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 14px 22px;
}
.jw .jw-multiple {
  display: flex;
  flex-direction: column;
  min-width: 0;
}
.jw .jw-multiple select {
  align-self: flex-start;
  min-height: 26px;
  margin-inline-start: -5px;
  padding: 2px 1px;
  border: 0;
  border-radius: 5px;
  background: var(--jw-bg);
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-multiple select:hover {
  background: var(--jw-soft);
}
.jw .jw-mini {
  max-height: 17em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 14px / 1.85 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  scrollbar-color: var(--jw-edge) transparent;
  cursor: default;
}
.jw .jw-mini .jw-token {
  padding-block: 2px;
}
.jw .jw-compare .jw-readout {
  display: flex;
  gap: 7px;
  align-items: baseline;
  min-height: 1.45em;
  margin-top: 3px;
  font-variant-numeric: tabular-nums;
}
.jw .jw-names {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.jw .jw-readout.jw-quiet {
  margin-top: 0;
  font-size: 12px;
}

/* A long text */
.jw .jw-strip {
  position: relative;
  margin-block: 4px;
  border: 1px solid var(--jw-line);
  cursor: pointer;
  touch-action: pan-y;
}
.jw .jw-strip-row {
  height: 9px;
  forced-color-adjust: none;
}
.jw .jw-strip-row + .jw-strip-row {
  border-top: 1px solid var(--jw-bg);
}
.jw .jw-cell {
  position: absolute;
  min-width: 4px;
  pointer-events: none;
}
.jw .jw-cell.is-hot {
  outline: 1.5px solid var(--jw-fg);
}

/* How alike */
.jw .jw-alike {
  width: 100%;
  max-width: 44rem;
  margin-top: 12px;
  border-collapse: collapse;
}
.jw .jw-alike caption {
  padding-bottom: 3px;
  text-align: start;
}
.jw .jw-alike caption:empty {
  display: none;
}
.jw .jw-alike th,
.jw .jw-alike td {
  padding: 3px 14px 3px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: start;
  vertical-align: baseline;
}
.jw .jw-alike td:last-child {
  padding-inline-end: 0;
  color: var(--jw-mute);
}
.jw .jw-alike td:nth-child(2) {
  white-space: nowrap;
}
.jw .jw-alike + .jw-quiet {
  margin-top: 4px;
  font-size: 12px;
}

/* Pinned */
.jw .jw-compare .jw-row .jw-part {
  margin: 0 4px 0 0;
}
.jw .jw-compare .jw-chip:disabled {
  color: var(--jw-mute);
}
.jw .jw-compare .jw-row + .jw-quiet {
  margin-top: 6px;
}
.jw .jw-questions {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 12px;
  margin: 8px 0;
}
.jw .jw-questions dt {
  color: var(--jw-mute);
}
.jw .jw-sides {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 16px;
  align-items: baseline;
  margin-bottom: 4px;
}
.jw .jw-sign {
  display: inline-block;
  width: 18px;
  height: 13px;
  margin-inline-end: 6px;
  padding: 0;
  vertical-align: -2px;
  forced-color-adjust: none;
}
.jw .jw-sides .jw-sign,
.jw[data-bars] .jw-sides .jw-sign {
  cursor: default;
}
.jw .jw-compare .jw-ranked {
  max-width: 34rem;
  margin-top: 8px;
}
.jw .jw-ranked li > * {
  display: grid;
  grid-template-columns: minmax(0, 1fr) max-content 3.6em;
  gap: 12px;
  align-items: baseline;
  width: 100%;
  min-height: 24px;
  padding: 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  text-align: start;
}
.jw .jw-ranked .jw-number:last-child {
  text-align: end;
}
.jw .jw-ranked button:hover,
.jw .jw-ranked .is-hot > * {
  background: var(--jw-soft);
  box-shadow:
    -5px 0 var(--jw-soft),
    5px 0 var(--jw-soft);
}
.jw .jw-ranked + p {
  margin-top: 8px;
}

/* Two texts */
.jw .jw-pairs {
  max-height: 26em;
  margin-inline: -4px;
  padding: 4px;
  overflow-y: auto;
  font: 15px / 1.6 var(--jw-content);
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-pair {
  display: inline-grid;
  max-width: 100%;
  margin-block: 3px;
  vertical-align: top;
  cursor: pointer;
}
.jw .jw-pair > span {
  min-height: 1.6em;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: isolate;
}
.jw .jw-pair .jw-token {
  padding-block: 0 1px;
}
.jw .jw-pair.is-changed > span {
  border-inline: 1px solid var(--jw-line);
}
.jw .jw-pair .jw-token:hover {
  outline: none;
}
.jw .jw-pair.is-hot {
  outline: 1.5px solid var(--jw-fg);
  outline-offset: -1px;
}
.jw .jw-gap {
  min-width: 1em;
  background: repeating-linear-gradient(-45deg, transparent 0 3px, var(--jw-line) 3px 4px);
}
.jw .jw-delta {
  position: relative;
  height: 11px;
  background: linear-gradient(var(--jw-line), var(--jw-line)) 0 5px / 100% 1px no-repeat;
}
.jw .jw-delta::before {
  position: absolute;
  inset-inline: 1px;
  bottom: 6px;
  height: var(--jw-delta);
  background: var(--jw-ink);
  content: "";
  forced-color-adjust: none;
}
.jw .jw-delta.is-negative::before {
  top: 6px;
  bottom: auto;
  background: var(--jw-negative);
}

/* Towards */
.jw .jw-both {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
  gap: 0 28px;
}
.jw .jw-both .jw-ranked li > * {
  grid-template-columns: minmax(0, 1fr) 0 max-content;
  gap: 6px;
}

@media (max-width: 480px) {
  .jw .jw-alike tr {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    padding-block: 4px;
    border-bottom: 1px dotted var(--jw-line);
  }
  .jw .jw-alike th {
    grid-column: 1 / -1;
  }
  .jw .jw-alike th,
  .jw .jw-alike td {
    padding-block: 0;
    border: 0;
  }
}
@media (forced-colors: active) {
  .jw .jw-strip,
  .jw .jw-delta {
    --jw-ink: Highlight;
    --jw-negative: GrayText;
  }
  .jw .jw-cell.is-hot {
    outline-color: CanvasText;
  }
  .jw .jw-compare .jw-token.is-negative {
    border-top: var(--jw-bar, 0) solid GrayText;
    border-bottom: 0;
  }
  .jw .jw-pair > span {
    min-height: calc(1.6em + 5px);
  }
  .jw .jw-compare .jw-sign {
    border: 0;
    background: Highlight;
  }
  .jw .jw-compare .jw-sign.is-negative {
    background: GrayText;
  }
}
`;var kr=[{name:"liberal",title:"Tom, a liberal",question:"Which facts about Tom lead to ‘liberal’?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a liberal",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"conservative",title:"Tom, a conservative",question:"The same facts, the other word: what changes?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a conservative",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:"compare"},{name:"either",title:"Liberal or conservative",question:"Why the one rather than the other?",text:"Tom loves Korean food. He grew up in the South and goes to Columbia. He is a",scope:"contrast",position:null,target:" liberal",foil:" conservative",granularity:"token",panel:""},{name:"translation",title:"Translation",question:"Which German word does ‘attribution’ come from?",text:"German: Dies ist ein Aufsatz über kausale Zuschreibung. English: This is a paper on causal attribution",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"truthful",title:"Instruction: truthful",question:"Which part of the instruction leads to ‘truthful’?",text:"As a state-of-the-art AI assistant, you never argue or deceive, because you are truthful",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"nice",title:"Instruction: nice",question:"Which part leads to ‘nice’?",text:"As a state-of-the-art AI assistant, you always praise and never insult, because you are nice",scope:"semantic",position:-1,target:null,foil:null,granularity:"token",panel:""},{name:"capital",title:"A fact",question:"Is it the country that makes the answer Paris?",text:"The capital of France is",scope:"semantic",position:null,target:" Paris",foil:" London",granularity:"token",panel:""},{name:"pronoun",title:"He or she",question:"What makes the model say ‘she’ rather than ‘he’?",text:"The nurse handed the doctor a note, because",scope:"contrast",position:null,target:" she",foil:" he",granularity:"token",panel:""},{name:"doubt",title:"Doubt",question:"Which words leave the model unsure?",text:"She opened the old wooden box that her grandmother had left her, and inside it she found a",scope:"entropy",position:null,target:null,foil:null,granularity:"token",panel:""},{name:"lorenz",title:"Lorenz system",question:"A chaotic series: how far back does the model look?",text:"558,547,542,543,549,559,574,596,626,668,722,782,833,850,818,749,671,606,559,529,510,498,490,482,474,463,448,427,398,356,302,238,178,150,176,248,333,406,459,494,516,531,543,555,569,589,615,650,695,749,802,835,829,782,713,646,594,558,535,522,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"},{name:"brownian",title:"Brownian motion",question:"A random walk: does anything but the last value count?",text:"458,450,488,494,462,484,560,616,574,500,464,466,329,317,243,201,169,150,174,235,228,308,269,290,343,348,305,250,224,236,177,165,156,187,200,221,182,175,221,308,235,323,402,448,464,445,531,646,752,829,850,779,779,817,742,765,790,831,761,723,",scope:"fisher",position:null,target:null,foil:null,granularity:"number",panel:"series"}];function ii(e){let{text:t,scope:n,position:r,target:o,foil:s,granularity:i,panel:l}=e;return{text:t,scope:n,position:r,target:o,foil:s,rank:null,granularity:i,vmax:null,panel:l}}function vr({wish:e,dispatch:t,root:n,signal:r}){let o=p("p",{class:"jw-quiet",hidden:!0},"A saved page: these need a running kernel."),s=kr.map(a=>{let u=p("button",{type:"button",class:"jw-example","data-name":a.name},p("b",{},a.title),p("span",{class:"jw-example-question"},a.question),p("span",{class:"jw-example-text jw-quiet"},a.text),p("span",{class:"jw-example-scope jw-quiet"},be[a.scope].name));return u.addEventListener("click",()=>l(a),{signal:r}),{card:u,example:a}}),i=p("div",{},o,p("ul",{class:"jw-examples","aria-label":"Examples"},...s.map(({card:a})=>p("li",{},a))));function l(a){t({type:"drop-draft"}),e(ii(a)),n.querySelector(".jw-text [tabindex='0']")?.focus({preventScroll:!0}),n.scrollIntoView({block:"nearest"})}return{el:i,update({wish:a,state:u}){let d=u==="no-kernel";q(o,d);for(let{card:c,example:f}of s)c.disabled=d,K(c,"aria-current",a.text===f.text?"true":null)},opened:()=>s[0]?.card.focus({preventScroll:!0})}}var $r=`.jw .jw-examples {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr));
  gap: 10px;
}
.jw .jw-examples li {
  display: flex;
  min-width: 0;
}
.jw .jw-example {
  display: flex;
  flex: 1;
  flex-direction: column;
  gap: 3px;
  align-items: flex-start;
  min-width: 0;
  padding: 9px 12px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
  text-align: start;
  white-space: normal;
}
.jw .jw-example:hover:enabled {
  border-color: var(--jw-edge);
  background: var(--jw-soft);
}
.jw .jw-example[aria-current] {
  border-color: var(--jw-fg);
}
.jw .jw-example-text {
  display: -webkit-box;
  overflow: hidden;
  font: 13px / 1.45 var(--jw-content);
  overflow-wrap: anywhere;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
.jw .jw-example-scope {
  margin-top: auto;
  padding-top: 3px;
  font-size: 12px;
}
`;var Mr={semantic:{formula:"‖Jₜᵀ v‖, v = Z[k]",paragraph:"Choose a token, likely or not, and see which words hold its logit where it is. Nudge the embedding of token t by one unit in the worst direction, and the target’s logit changes by the score, to first order. A logit is not a probability: a token that lifts all logits alike scores here, though the prediction stays as it is. To leave that out, ask for Log-probability."},fisher:{formula:"tr(Jₜᵀ F Jₜ), F = Zᵀ(diag p − p pᵀ)Z; rank k keeps the k largest eigenvalues of F",paragraph:"No target is needed: F, the Fisher information of the prediction, measures every change of the distribution at once by its KL divergence. With Gaussian noise of size ε on the embedding of token t, the expected divergence is ε²/2 times the score. The trace runs over all directions; where it is estimated, its standard error stands beside it. Rank 1 keeps only the strongest direction, as the paper’s code does, and misses much of the trace."},temperature:{formula:"‖Jₜᵀ ŷ‖, ŷ = y / ‖y‖, β = ‖y‖",paragraph:"The length β of the final hidden state scales all logits alike, so it acts as an inverse temperature: a token that raises it makes the prediction sharper, whatever it is. It depends on how the model is written down: folding the final norm’s gain into the unembedding leaves every logit as it is and makes this scope vanish; Entropy does not change. So does a norm without a gain. When in doubt, ask for Entropy."},contrast:{formula:"‖Jₜᵀ v‖, v = Z[a] − Z[b]",paragraph:"Why one token rather than another: whatever moves both logits alike cancels, and only what tells the two apart is left. It suits minimal pairs, such as a city and the city it could be mistaken for. The two need not be likely, but each has to be a single token."},log_probability:{formula:"‖Jₜᵀ v‖, v = Z[k] − Σⱼ pⱼ Z[j]",paragraph:"Like Semantic, but the target is weighed against all other tokens: only what changes its share of the prediction counts. For a token that is almost certain the scores become small, since its probability can hardly rise; ask for Contrast then."},entropy:{formula:"‖Jₜᵀ v‖, v = ∇H = −Zᵀ(p ⊙ (log p + H))",paragraph:"Which words make the model surer or less sure, whichever token it then prefers. H is the entropy of the next-token distribution; it does not depend on how the model is written down, which is why it replaces Temperature where that says nothing."}};var Sr=10,Vt=3,Gt=e=>`‘⁨${e.replace(/␣/g," ")}⁩’`;function ci({scope:e,target:t,foil:n},r){let o=s=>s===null?"the target":Gt(Se(r(s)));switch(e){case"semantic":return`the logit of ${o(t)}`;case"log_probability":return`the log-probability of ${o(t)}`;case"contrast":return`the choice of ${o(t)} rather than ${o(n)}`;case"fisher":return"the whole prediction";case"temperature":return"the model’s confidence";case"entropy":return"the model’s uncertainty"}}function Tr(e,t,n){let{picture:r,question:o,tokens:s,starts:i,explained:l,basis:a}=e;if(!r||!o||!s||!a)return[];let u=k=>t.querySelector(k),d=ci(o,n),c=r.order[0],f=c===void 0?null:er(e,c),g=tr(e.granularity),b=l===null?"the token that would come next":Gt(ke(s,i,l)),m=a.predictions[0],j=r.bosShare>0?` BOS, which stands before the text, holds ${de(r.bosShare)}.`:"",h=l===null?"":" Tokens after the ring cannot have moved it, so they are dimmed.";return[{title:"The question",words:`You are asking what moved ${d}. The scopes above change the question, and its framed words are buttons.`,part:u(".jw-ask")},{title:"The explained token",words:`The ring marks what is explained: ${b}. Click any other token, or use the arrow keys and Enter, to explain that one instead.`,part:u(".jw-text .jw-ring, .jw-text .is-explained")},{title:"The answer, in the text",words:f&&r.max>0?`${Gt(f.label)} moves ${d} most: ${f.score} ${Re(o)}, ${f.share}. The deeper the colour and the taller the underline, the more a ${g} moved it.${h}`:`Here no ${g} has any influence.`,part:c===void 0?null:u(`.jw-text [data-start="${i[c]}"]`)},{title:"The colour bar",words:`From no ink at 0 to full ink at the strongest ${g}. Its unit is that of the scope: ${Re(o)}.${j}`,part:u(".jw-scale")},{title:"What the model expects",words:m?`At this place ${Gt(Se(m.label))} is likeliest, with ${Xe(m.p)}. Click a row to ask about that token, or “vs” to ask why not that one.`:"Here stand the tokens that the model expects at this place.",part:u(".jw-predictions")},{title:`The strongest ${g}s`,words:`The same scores as a list, the strongest of ${r.scored.toLocaleString("en")} first. Point at one to find it in the text.`,part:u(".jw-strongest")},{title:"Tokens, words, lines",words:"Here you choose what is coloured as one. The influence of a word, a number or a line is the joint one of its tokens, computed exactly and not as a mean.",part:u("[aria-controls$='-tokens']")},{title:"Everything else",words:"Behind these words: pictures side by side, the map of the whole text, a series of numbers as a plot, examples, and ways to save what you see.",part:[u(".jw-views"),u("[aria-controls$='-view']")].find(Er)??null}].filter(({part:k})=>Er(k))}function Er(e){return e!==null&&e.getClientRects().length>0}function Ar(e,t){let{root:n,keys:r,label:o,signal:s,uid:i,scene:l}=e,a=p("span",{class:"jw-tour-count jw-quiet"}),u=p("b",{id:`${i}-tour-title`}),d=p("p",{id:`${i}-tour-words`}),c=p("button",{type:"button",class:"jw-tool"},"Back"),f=p("button",{type:"button",class:"jw-primary"},"Next"),g=p("button",{type:"button",class:"jw-tool"},"End"),b=p("div",{class:"jw-tour",role:"dialog","aria-labelledby":`${i}-tour-title`,"aria-describedby":`${i}-tour-words`,hidden:!0},u,d,p("div",{class:"jw-row"},a,g,c,f)),m=p("div",{class:"jw-tour-ring","aria-hidden":"true",hidden:!0}),j=[],h=null,y=null;function k(){let x=h===null?null:j[h]?.part;if(!x?.isConnected)return;let v=n.getBoundingClientRect(),T=n.querySelector(".jw-text")?.getBoundingClientRect(),E=x.getClientRects().length>1?x.getClientRects()[0]:x.getBoundingClientRect(),O=!(T!==void 0&&x.closest(".jw-text")!==null)||E.bottom>T.top&&E.top<T.bottom;q(m,O),m.style.left=`${E.left-v.left-Vt}px`,m.style.top=`${E.top-v.top-Vt}px`,m.style.width=`${E.width+2*Vt}px`,m.style.height=`${E.height+2*Vt}px`;let I=Math.max(6,v.width-b.offsetWidth-6);b.style.left=`${Math.min(I,Math.max(6,E.left-v.left))}px`;let C=E.bottom-v.top+Sr,z=E.top-v.top-b.offsetHeight-Sr,N=C+b.offsetHeight<=v.height;b.style.top=`${N||z<0?C:z}px`}function M(){if(h===null)return;let x=j[h];x&&(G(u,x.title),G(d,x.words),G(a,`${h+1} of ${j.length}`),c.disabled=h===0,G(f,h===j.length-1?"Done":"Next"),k())}function S(x){if(x>=j.length){$();return}h=Math.max(0,x),M();let v=matchMedia("(prefers-reduced-motion: reduce)").matches;for(let T of[j[h]?.part,b])T?.scrollIntoView({block:"nearest",behavior:v?"auto":"smooth"});c.disabled&&Bn(b)===c&&f.focus({preventScroll:!0})}function w(){if(j=Tr(l(),n,o),j.length===0)return;n.append(m,b),q(m,!0),q(b,!0),y?.abort(),y=new AbortController;let x=AbortSignal.any([s,y.signal]);n.addEventListener("scroll",k,{signal:x,capture:!0,passive:!0});let v=new ResizeObserver(k);v.observe(n),x.addEventListener("abort",()=>v.disconnect()),S(0),f.focus({preventScroll:!0})}function $(){h=null,y?.abort(),m.remove(),b.remove(),t()}return f.addEventListener("click",()=>S((h??0)+1),{signal:s}),c.addEventListener("click",()=>S((h??0)-1),{signal:s}),g.addEventListener("click",$,{signal:s}),r.on(b,x=>{if(x.ctrlKey||x.metaKey||x.altKey)return!1;if(x.key==="Escape")$();else if(x.key==="ArrowRight")S((h??0)+1);else if(x.key==="ArrowLeft")S((h??0)-1);else return!1;return!0}),s.addEventListener("abort",()=>{m.remove(),b.remove()}),{start:w,update(x){if(h===null)return;let v=Tr(x,n,o);if(v.length===0)return;let T=j[h]?.title;j=v;let E=v.findIndex(L=>L.title===T);h=E>=0?E:Math.min(h,v.length-1),M()}}}var ui=[["In the text",[["← → ↑ ↓","walk"],["Home End","first token, the “next” slot"],["Enter or Space","explain the token"]]],["In the editor",[["Ctrl+Enter","explain the edited text"]]],["In a series or a map",[["← → ↑ ↓","walk its values or cells"],["Enter","explain the one you are on"],["+ − 0","zoom in, zoom out, show all"]]],["Anywhere here",[["Esc","undo the zoom, close, or restore the text"],["?","this help"]]]],pi="Jₜ is the Jacobian of the final hidden state y with respect to the embedding of token t. Z = dz/dy takes y to the logits z, p is the prediction. The position explained is fixed.",di=["A score is a gradient norm: the most the asked quantity can change, to first order, when the token’s embedding moves by one unit. It has no sign; gradient × input, under Scale, has one. Fisher adds up over all directions and is given in nats; where it is estimated, ± is one standard error.","A share is the token’s part of the total: of the squares, or of the trace for Fisher, with BOS included. So shares add up when tokens are grouped into words, numbers or lines, and what is hidden is named with its share."],mi=["A gradient says what a small change would do, not what would happen if the word were gone. A token can matter and have a small gradient, once the model is sure.","No scope wins everywhere: on some models and texts one ranks tokens better by what happens when they are deleted, on others another, and the differences are often within the error. So try more than one on your own text, and check the strongest tokens by leaving them out.","Temperature depends on how the model is written down, and says nothing for a final norm without a gain. When in doubt, ask for Entropy."];function fi(e){let{name:t,explains:n,unit:r}=be[e],{paragraph:o,formula:s}=Mr[e],i=p("details",{class:"jw-help-scope"},p("summary",{},p("b",{},t),p("span",{class:"jw-quiet"},n)),p("p",{},o),p("p",{class:"jw-help-formula"},s),p("p",{class:"jw-quiet"},`In ${r}.`));return{scope:e,el:i}}function Lr(e){let t=nt.map(fi),n=p("div",{},...t.map(({el:d})=>d)),r=p("button",{type:"button",class:"jw-primary"},"What am I looking at?"),o=p("span",{class:"jw-quiet"},"A walk through the parts, on your own text."),s=(d,...c)=>p("section",{},p("h3",{},d),...c),i=ui.flatMap(([d,c])=>[p("dt",{class:"jw-quiet jw-help-where"},d),...c.flatMap(([f,g])=>[p("dt",{},p("kbd",{},f)),p("dd",{},g)])]),l=p("div",{class:"jw-help"},p("div",{class:"jw-row"},r,o),s("What each scope explains",n,p("p",{class:"jw-quiet"},pi)),s("How to read the numbers",...di.map(d=>p("p",{},d))),s("What the numbers do not say",...mi.map(d=>p("p",{},d))),s("Keys",p("dl",{class:"jw-keys"},...i))),a=Ar(e,()=>r.focus());r.addEventListener("click",()=>a.start(),{signal:e.signal});let u=null;return{el:l,update(d){let{scope:c}=d.wish;if(c!==u){u=c;for(let g of t)g.el.open=g.scope===c;n.replaceChildren(...[...t].sort((g,b)=>+(b.scope===c)-+(g.scope===c)).map(g=>g.el))}let f=d.picture!==null;r.disabled=!f,G(o,f?"A walk through the parts, on your own text.":"Once there is a picture."),a.update(d)},opened:()=>(r.disabled?n.querySelector("summary"):r)?.focus({preventScroll:!0})}}var Pr=`.jw .jw-help section {
  margin-top: 14px;
}
.jw .jw-help h3 {
  margin: 0 0 4px;
  font-size: 13px;
}
.jw .jw-help p {
  max-width: 84ch;
  margin: 4px 0 8px;
}
.jw .jw-help-scope {
  border-bottom: 1px solid var(--jw-line);
}
.jw .jw-help-scope > p {
  margin-inline-start: 18px;
}
.jw .jw-help-scope summary {
  min-height: 28px;
  padding-block: 4px;
  cursor: pointer;
}
.jw .jw-help-scope summary b {
  margin-inline: 4px 10px;
}
.jw .jw-help-formula {
  font: 15px / 1.5 var(--jw-content);
}
.jw .jw-help .jw-keys {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 3px 14px;
}
.jw .jw-help-where {
  grid-column: 1 / -1;
  margin-top: 4px;
}
.jw .jw-help kbd {
  font: 12px var(--jw-mono);
}

/* The tour */
.jw .jw-tour-ring {
  position: absolute;
  z-index: 5;
  border: 2px solid var(--jw-fg);
  border-radius: 6px;
  box-shadow: 0 0 0 3px var(--jw-bg);
  pointer-events: none;
  transition:
    inset 0.15s,
    width 0.15s,
    height 0.15s;
}
.jw .jw-tour {
  position: absolute;
  z-index: 6;
  width: min(25em, calc(100% - 12px));
  padding: 11px 14px 9px;
  border: 1px solid var(--jw-edge);
  border-radius: 8px;
  background: var(--jw-bg);
  box-shadow: 0 6px 22px rgb(0 0 0 / 0.25);
}
.jw .jw-tour p {
  margin: 4px 0 9px;
}
.jw .jw-tour .jw-row {
  justify-content: flex-end;
}
.jw .jw-tour .jw-tour-count {
  margin-inline-end: auto;
  font-size: 12px;
}
@media (prefers-reduced-motion: reduce) {
  .jw .jw-tour-ring {
    transition: none;
  }
}
@media (forced-colors: active) {
  .jw .jw-tour-ring {
    border-color: Highlight;
  }
}
`;function Cr(e){return .7+(2.8-.7)*Math.max(0,Math.min(1,e))}function Ir(e,t){let n=l=>Math.round(l*10)/10,r=(e.top+e.bottom)/2;if(r>t.top&&r<t.bottom){let l=Math.min(25,6+Math.abs(e.x-t.x)*.04),a=Math.min(e.top,t.top)-l/.75;return`M${n(e.x)} ${n(e.top)}C${n(e.x)} ${n(a)} ${n(t.x)} ${n(a)} ${n(t.x)} ${n(t.top)}`}let[o,s]=e.top>t.top?[e.top,t.bottom]:[e.bottom,t.top],i=(o+s)/2;return`M${n(e.x)} ${n(o)}C${n(e.x)} ${n(i)} ${n(t.x)} ${n(i)} ${n(t.x)} ${n(s)}`}var bi=["waiting","computing","stopped","done","too long"];function lt(e){return e*(e-1)/2}function Fe(e,t,n){return n<t?e.scores[lt(t)+n]:0}function Rr(e,t){let n=e.rowTotal[t];return n>0?e.bos[t]**2/n:0}function Nr(e,t,n){let r=Fe(e,t,n),o=lt(t),s=1;for(let i=0;i<t;i++)e.scores[o+i]>r&&s++;return s}function Kt(e,t,n,r){let o=lt(t),s=[];for(let i=0;i<t;i++){let l=e.scores[o+i];if(!(l>0)||r?.(i))continue;let a=s.length;for(;a>0&&l>e.scores[o+s[a-1]];)a--;a>=n||(s.splice(a,0,i),s.length>n&&s.pop())}return s}function Wr(e){let t=e.ids.map((n,r)=>r);if(e.generated!==null){let n=e.generated;return t.filter(r=>r>=n)}return t.filter(n=>e.roles?.[n]==="assistant")}function Or(e,t){let n=ArrayBuffer.isView(e)?e:e instanceof ArrayBuffer?new Uint8Array(e):null;if(!n||n.byteLength%2!==0)return null;let r=n.buffer.slice(n.byteOffset,n.byteOffset+n.byteLength),o=new Uint16Array(r),s=new Uint32Array(o.length);for(let a=0;a<o.length;a++){let u=o[a];if(u>=31744)return null;s[a]=u<<13}let i=new Float32Array(s.buffer),l=t*2**112;for(let a=0;a<i.length;a++)i[a]=i[a]*l;return i}function vt(e){return{ok:!1,error:`map: ${e}`}}function Dr(e){if(typeof e!="object"||e===null)return{ok:!0,value:null};let t=e;if(typeof t.error=="string")return{ok:!1,error:t.error};if(Object.keys(t).length===0)return{ok:!0,value:null};let{text:n,scale:r}=t,[o,s]=[Number(t.n),Number(t.rows)],i=bi.find(b=>b===t.state),l=nt.find(b=>b===t.scope);if(typeof n!="string"||!i||!l)return vt("it has no text, state or scope");if(!Number.isInteger(o)||!Number.isInteger(s)||s<0||s>o)return vt(`it has ${s} rows of ${o}`);if(typeof r!="number"||!(r>0)||!Number.isFinite(r))return vt("it has no scale");let a=Or(t.scores,r),u=Or(t.bos,r);if(!a||!u)return vt("its scores are not float16 data");if(a.length!==s*(s-1)/2||u.length!==s)return vt(`${a.length} scores and ${u.length} of BOS do not make ${s} rows`);let d=new Float32Array(s),c=new Float64Array(s),f=0;for(let b=0,m=0;b<s;b++){let j=0,h=u[b]**2;for(let y=0;y<b;y++,m++){let k=a[m];h+=k*k,k>j&&(j=k)}d[b]=j,c[b]=h,j>f&&(f=j)}return{ok:!0,value:{text:n,scope:l,unit:typeof t.unit=="string"?t.unit:"",state:i,seconds:typeof t.seconds=="number"?t.seconds:0,n:o,rows:s,scores:a,bos:u,rowMax:d,rowTotal:c,max:f}}}var Hr=1/100,gi=Math.asinh(1/Hr),Sn=34,wi=64;function xi(e,t){return e==="log"?Math.asinh(t/Hr)/gi:e==="share"?t*t:t}var Zt=13,Qt=12;function Tn(e){return new Uint32Array(e.buffer,e.byteOffset,e.length)}function yi(e){let t=Tn(e).map((o,s)=>o>>>Zt<<Qt|s);t.sort();let n=new Float32Array(e.length),r=e.length;for(let o=e.length-1;o>=0;o--){let s=t[o];o+1<e.length&&s>>>Qt!==t[o+1]>>>Qt&&(r=o+1),n[s&2**Qt-1]=r/e.length}return n}function ut(e,t){if(t.scale!=="rank"||t.perRow)return null;let n=new Uint32Array(2**(31-Zt)),r=Tn(e.scores);for(let o=0;o<r.length;o++){let s=r[o]>>>Zt;n[s]=n[s]+1}for(let o=1;o<n.length;o++)n[o]=n[o]+n[o-1];return n}function $t(e,t,n,r){let o=e.scores.subarray(lt(t),lt(t)+t),s=n.perRow?e.rowMax[t]:n.vmax??e.max,i=Tn(o),l=n.scale==="rank"&&!r?yi(o):null,a=new Float32Array(t);for(let u=0;u<t;u++){let d=o[u];if(!(d>0))continue;let c;r?c=r[i[u]>>>Zt]/e.scores.length:c=l?l[u]:xi(n.scale,Math.min(1,d/s)),c>=n.threshold&&(a[u]=c)}return a}function Br(e,t){let{n}=e,r=new Uint8Array(n*n),o=ut(e,t);for(let s=1;s<e.rows;s++){let i=$t(e,s,t,o);for(let l=0;l<s;l++){let a=i[l];a>0&&(r[s*n+l]=Math.max(3,Math.round(255*a)))}}return r}function _r(e,t){let n=Math.ceil(t/2),r=new Uint8Array(n*n);for(let o=0;o<t;o++){let s=(o>>1)*n;for(let i=0,l=o*t;i<t;i++,l++){let a=e[l],u=s+(i>>1);a>r[u]&&(r[u]=a)}}return r}function Fr(e,t,n){let r=0;for(;e*t*2**r<1&&n>>r>1;)r++;return r}function pt(e,t){return{x:0,y:0,cell:Math.min(Sn,t/Math.max(1,e))}}function ct(e,t,n){let r=pt(t,n).cell,o=Math.max(r,Math.min(e.cell,Math.max(wi,r))),s=Math.max(0,t-n/o);return{x:Math.max(0,Math.min(s,e.x)),y:Math.max(0,Math.min(s,e.y)),cell:o}}function zr(e,t,n,r,o,s){let{cell:i}=ct({...e,cell:e.cell*t},o,s);return ct({x:e.x+n/e.cell-n/i,y:e.y+r/e.cell-r/i,cell:i},o,s)}function qr(e,t,n,r,o){return ct({...e,x:e.x-t/e.cell,y:e.y-n/e.cell},r,o)}function Ur(e,{q:t,t:n},r,o){let s=o/e.cell,i=(l,a)=>Math.min(a,Math.max(l,a+1-s));return ct({...e,x:i(e.x,n),y:i(e.y,t)},r,o)}function Vr(e,t,n,r){let o=Math.floor(e.x+t/e.cell),s=Math.floor(e.y+n/e.cell);return o>=0&&o<s&&s<r?{q:s,t:o}:null}function Gr({q:e,t},n,r){let s={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1],PageUp:[-10,0],PageDown:[10,0],Home:[0,-t],End:[0,e]}[n];if(!s)return null;let i=Math.max(1,Math.min(r-1,e+s[0]));return{q:i,t:Math.max(0,Math.min(i-1,t+s[1]))}}var Kr=4096,En=e=>`about ${Jn(e)}`;function Qr({tokens:e,map:t,error:n,kernel:r,asked:o}){let s=(d,c=null)=>({words:d,button:c,done:0,total:0}),i=e?.ids.length??0;if(i===0)return s("There is no text to map yet.");if(i>Kr||t?.state==="too long"){let d=Kr.toLocaleString("en");return s(`A map is drawn of up to ${d} tokens; this text has ${i.toLocaleString("en")}.`)}if(n!==null)return s(n);let l=pe(i,"token");if(t===null)return s(r?o?"Waiting for the model …":"Asking how long the map takes …":"No map was saved with this text. To compute one takes a running kernel.");let a=`${t.rows.toLocaleString("en")} of ${l}`,u=(d,c=null)=>({words:d,button:c,done:t.rows,total:t.n});return t.state==="done"?s(""):r?t.state==="waiting"?o?s("Waiting for the model …","stop"):s(`${l}, ${En(t.seconds)}`,"compute"):t.state==="computing"?u(`${a}, ${En(t.seconds)} left`,o?"stop":null):o?u("Waiting for the model …","stop"):u(`Stopped at ${a}, ${En(t.seconds)} for the rest`,"continue"):t.rows>0?s(`A saved map of ${a}. To compute the rest takes a running kernel.`):s("No map was saved with this text. To compute one takes a running kernel.")}function Zr(e,t,n){let{name:r}=be[e.scope],o=n?"each row is a token, each column a token before it that moved it":"the tokens that moved each token of the answer most",s=t==="fisher"||t==="contrast"?` ${be[t].name} has no map.`:"";return`${r}: ${o}.${s}`}function An(e,t,n){return{score:`${ue(Fe(e,t,n),e.rowMax[t])}${e.unit?` ${e.unit}`:""}`,place:`${Ae(Nr(e,t,n))} of ${t.toLocaleString("en")}`}}function Jr(e,t,n,r){let{score:o,place:s}=An(e,n,r);return`${Jt(t,n)}, from ${Jt(t,r)}: ${o}, ${s}`}function Jt(e,t){return Pe(Ee(e,t))}function Ee(e,t){let n=Se(e.labels[t]??"");return n.length>40?`${[...n].slice(0,38).join("")}…`:n}function Xt(e,t){let n=Rr(e,t);return n>=.005?`BOS holds ${de(n)} of what moved it.`:""}var ki=5,vi=2,$i=400,Yt="http://www.w3.org/2000/svg";function Xr({map:e,ink:t,hidden:n},r,o){if(r>=e.rows)return[];let s=$t(e,r,t,o);return Kt(e,r,ki,n).map(i=>({t:i,weight:s[i]}))}function Yr({dispatch:e,scene:t}){return n=>{let{starts:r}=t();e({type:"hover",group:n===null?null:De(r,n)})}}function eo(e){let{wishes:t,signal:n}=e,r=Yr(e),o=p("ol",{class:"jw-map-columns","aria-label":"The answer, with what moved each token"}),s=l=>{let a=l.target.closest("[data-t]")?.dataset.t;return a===void 0?null:Number(a)};o.addEventListener("pointerover",l=>r(s(l)),{signal:n}),o.addEventListener("pointerleave",()=>r(null),{signal:n}),o.addEventListener("focusin",l=>{l.target.matches(":focus-visible")&&r(s(l))},{signal:n}),o.addEventListener("focusout",()=>r(null),{signal:n}),o.addEventListener("click",l=>{let a=l.target.closest("button")?s(l):null;a!==null&&t.explain(a)},{signal:n});function i(l,a,u){let{map:d,tokens:c}=l,f=p("button",{type:"button",class:"jw-label","data-t":a},Ee(c,a));f.setAttribute("aria-label",`Explain ${Jt(c,a)} in the text`);let g=p("li",{class:"jw-map-answer"},f);if(a>=d.rows)return g.append(p("span",{class:"jw-quiet"},"to come")),g;let b=p("ol",{"aria-label":"Strongest sources"});for(let{t:m,weight:j}of Xr(l,a,u)){let h=p("span",{class:"jw-label jw-map-chip"},Ee(c,m));h.style.setProperty("--jw-map-weight",`${Math.round(58*j)}%`);let y=ue(Fe(d,a,m),d.rowMax[a]);b.append(p("li",{"data-t":m},h,p("span",{class:"jw-number jw-quiet"},y)))}return g.append(b),g.title=Xt(d,a),g}return{el:o,show(l){let a=ut(l.map,l.ink);o.replaceChildren(...l.answer.map(u=>i(l,u,a)))}}}function to(e){let{wishes:t,signal:n}=e,r=Yr(e),o=document.createElementNS(Yt,"g"),s=document.createElementNS(Yt,"g"),i=document.createElementNS(Yt,"svg");i.setAttribute("class","jw-map-arcs"),i.setAttribute("aria-hidden","true"),i.append(o,s);let l=p("div",{class:"jw-map-words"}),a=p("p",{class:"jw-map-said jw-quiet"}),u=p("div",{class:"jw-map-page"},i,l),d=p("div",{class:"jw-map-scroll",tabindex:0,role:"region"},u);d.setAttribute("aria-label","The text, with arcs from each token of the answer to what moved it");let c=p("div",{},d,a),f=null,g=[],b=[],m=null;function j(w){let $=g[w],x=$.getClientRects()[0]??$.getBoundingClientRect(),v=u.getBoundingClientRect();return{x:x.left-v.left+x.width/2,top:x.top-v.top,bottom:x.bottom-v.top}}function h(w,$){let x=T=>{let E=$.get(T);return E||(E=j(T),$.set(T,E)),E},v=document.createElementNS(Yt,"path");return v.setAttribute("d",Ir(x(w.q),x(w.t))),v.setAttribute("stroke-width",Cr(w.weight).toFixed(2)),v.setAttribute("stroke-opacity",(.15+.6*w.weight).toFixed(2)),v}function y(){if(!c.isConnected||c.hidden)return;let w=b.filter(x=>x.nth<vi).sort((x,v)=>v.weight-x.weight).slice(0,$i),$=new Map;o.replaceChildren(...w.map(x=>h(x,$))),k(m)}function k(w){m=w;let $=w!==null&&b.some(L=>L.q===w)?"q":"t",x=w===null?[]:b.filter(L=>L[$]===w),v=x.length>0;o.setAttribute("visibility",v?"hidden":"visible");let T=new Map;s.replaceChildren(...x.map(L=>h(L,T)));let E=new Set(x.flatMap(L=>[L.q,L.t]));for(let[L,O]of g.entries())O.classList.toggle("is-lit",E.has(L)),O.classList.toggle("is-pointed",v&&L===w);G(a,w===null||!f?Mi:Si(f,w,x))}let M=w=>{let $=w.target.closest("[data-t]")?.dataset.t;return $===void 0?null:Number($)};l.addEventListener("pointerover",w=>{let $=M(w);k($),r($)},{signal:n}),l.addEventListener("pointerleave",()=>{k(null),r(null)},{signal:n}),l.addEventListener("click",w=>{let $=M(w);$!==null&&f?.answer.includes($)&&t.explain($)},{signal:n});let S=new ResizeObserver(y);return S.observe(u),n.addEventListener("abort",()=>S.disconnect()),{el:c,show(w){let $=f?.tokens===w.tokens;f=w;let x=ut(w.map,w.ink);if(b=w.answer.flatMap(v=>Xr(w,v,x).map((T,E)=>({...T,q:v,nth:E}))),!$){let v=new Set(w.answer);g=w.tokens.pieces.map((T,E)=>{let L=p("span",{"data-t":E,class:v.has(E)?"is-answer":null},T);return w.tokens.roles?.[E]==="template"&&L.classList.add("is-template"),Ot(T)&&L.classList.add("is-isolated"),L}),l.replaceChildren(...g),m=null}for(let[v,T]of g.entries())q(T,!w.hidden(v));b=b.filter(({q:v})=>!w.hidden(v)),y()}}}var Mi="Point at a token to keep only its arcs.";function Si({map:e,tokens:t,answer:n},r,o){let s=Ee(t,r);if(n.includes(r)&&r<e.rows){let l=o.filter(a=>a.t!==r).map(a=>Ee(t,a.t));return l.length>0?`${s} was moved most by ${l.join(", ")}`:`Nothing moved ${s}`}let i=o.length;return i>0?`${s} is among the strongest of ${pe(i,"token")} of the answer`:`${s} is among the strongest of no token of the answer`}function no(e,t,n){let r=new Map,o=!1,s={x:0,y:0},i=u=>{let d=e.getBoundingClientRect();return{x:u.clientX-d.left,y:u.clientY-d.top}},l=()=>{let[u,d]=[...r.values()];return!u||!d?null:{x:(u.x+d.x)/2,y:(u.y+d.y)/2,apart:Math.hypot(u.x-d.x,u.y-d.y)}};e.addEventListener("pointerdown",u=>{u.button===0&&(s=i(u),r.set(u.pointerId,s),o=r.size>1)},{signal:t}),e.addEventListener("pointermove",u=>{let d=i(u),c=r.get(u.pointerId);if(!c){r.size===0&&n.point(d.x,d.y);return}let f=l();if(!o&&Math.hypot(d.x-s.x,d.y-s.y)<4)return;o||(o=!0,e.setPointerCapture(u.pointerId)),r.set(u.pointerId,d);let g=l();f&&g?(n.pan(g.x-f.x,g.y-f.y),f.apart>0&&n.zoom(g.apart/f.apart,g.x,g.y)):n.pan(d.x-c.x,d.y-c.y)},{signal:t});let a=u=>{if(r.delete(u.pointerId)&&!o&&u.type==="pointerup"){let c=i(u);n.point(c.x,c.y),n.open(c.x,c.y)}r.size===0&&(o=!1)};e.addEventListener("pointerup",a,{signal:t}),e.addEventListener("pointercancel",a,{signal:t}),e.addEventListener("pointerleave",u=>{r.has(u.pointerId)?o||r.delete(u.pointerId):n.leave()},{signal:t}),e.addEventListener("wheel",u=>{if(!u.ctrlKey&&!u.metaKey)return;u.preventDefault();let{x:d,y:c}=i(u);n.zoom(Math.exp(-u.deltaY*.0022*(u.deltaMode===0?1:16)),d,c)},{signal:t,passive:!1})}var oo=9,ro=12,so=8,Ti=.05,Ei=.1;function io(){let e=0,t=[],n=[];function r(o){let s=t[0],i=e;for(let u=1;u<=o;u++)t[u]??=_r(s,i),s=t[u],i=Math.ceil(i/2);let l=p("canvas",{width:i,height:i}).getContext("2d");if(!l)return;let a=l.createImageData(i,i);for(let u=0;u<s.length;u++)a.data[4*u+3]=s[u];return l.putImageData(a,0,0),l.globalCompositeOperation="source-atop",{pen:l,colour:""}}return{paint(o,s){e=o.n,t=[Br(o,s)],n=[]},at(o,s){n[o]??=r(o);let i=n[o];if(!i)return null;let{pen:l}=i;if(i.colour!==s){i.colour=s,l.fillStyle=s;for(let a=0;a<2;a++)l.fillRect(0,0,l.canvas.width,l.canvas.height)}return l.canvas}}}function Ln(e){return e<oo?ro:Math.min(ro,e-.5)}function ao(e,t,n){let{view:r,side:o,gutter:s,ratio:i}=n;e.setTransform(i,0,0,i,s*i,0),e.clearRect(-s,0,s+o,o+s),e.save(),e.beginPath(),e.rect(0,0,o,o),e.clip(),Ai(e,t,n),r.cell>=so&&Li(e,r,o),Pi(e,n),e.restore(),r.cell>=oo&&Ci(e,n)}function Ai(e,t,{map:n,view:r,side:o,ratio:s,page:i}){let{x:l,y:a,cell:u}=r,d=Fr(u,s,n.n),c=t.at(d,i.ink);if(!c)return;let f=2**d,[g,b]=[Math.floor(l/f),Math.floor(a/f)],m=Math.min(c.width,Math.ceil((l+o/u)/f))-g,j=Math.min(c.height,Math.ceil((a+o/u)/f))-b,h=f*u,[y,k]=[(g*f-l)*u,(b*f-a)*u];e.imageSmoothingEnabled=d>0,e.drawImage(c,g,b,m,j,y,k,m*h,j*h)}function Li(e,{x:t,y:n,cell:r},o){e.globalCompositeOperation="destination-out";for(let s=1-t%1;s*r<o;s++)e.fillRect(s*r-.5,0,1,o);for(let s=1-n%1;s*r<o;s++)e.fillRect(0,s*r-.5,o,1)}function Pi(e,{map:{n:t,rows:n},view:r,side:o,page:s}){let{x:i,y:l,cell:a}=r,u=(d,c)=>[(d-i)*a,(c-l)*a];e.globalCompositeOperation="destination-over",e.fillStyle=s.soft;for(let[d,c,f]of[[0,n,Ti],[n,t,Ei]]){if(e.globalAlpha=f,a>=so){for(let g=Math.max(d,Math.floor(l));g<Math.min(c,l+o/a);g++)e.fillRect(...u(0,g),g*a-1,a-1);continue}e.beginPath(),e.moveTo(...u(0,d)),e.lineTo(...u(d,d)),e.lineTo(...u(c,c)),e.lineTo(...u(0,c)),e.fill()}}function Ci(e,{map:t,tokens:n,view:r,side:o,gutter:s,page:i}){let{x:l,y:a,cell:u}=r,d=Ln(u),c=Math.max(1,Math.floor((s-6)/(d*.6))),f=b=>{let m=[...Ee(n,b)];return m.length>c?`${m.slice(0,c-1).join("")}…`:m.join("")},g=b=>b>0&&b<o;e.save(),e.fillStyle=i.soft,e.font=`${d}px ${i.font}`,e.textBaseline="middle",e.textAlign="right",e.beginPath(),e.rect(-s,0,s,o),e.rect(0,o,o,s),e.clip();for(let b=Math.floor(a);b<t.n&&(b-a)*u<o;b++){let m=(b+.5-a)*u;g(m)&&e.fillText(f(b),-5,m)}e.rotate(-Math.PI/2);for(let b=Math.floor(l);b<t.n&&(b-l)*u<o;b++){let m=(b+.5-l)*u;g(m)&&e.fillText(f(b),-o-5,m)}e.restore()}var Ii=640,Oi=216,Ri=560,Mt={least:30,most:84,mostNarrow:60,letter:7.25};function lo({keys:e,signal:t,uid:n},r,o){let s=p("canvas",{class:"jw-map-canvas",tabindex:0,role:"application","aria-roledescription":"map","aria-label":"Map of influence","aria-describedby":`${n}-map-caption`}),i=p("i",{class:"jw-map-row"}),l=p("i",{class:"jw-map-column"}),a=p("i",{class:"jw-map-ring"}),u=p("i",{class:"jw-map-explained"}),d=p("div",{class:"jw-map-marks","aria-hidden":"true"},u,i,l,a),c=p("span",{class:"jw-label jw-map-at-row","aria-hidden":"true"}),f=p("span",{class:"jw-label jw-map-at-column","aria-hidden":"true"}),g=p("div",{class:"jw-map-frame"},s,d,c,f);r.prepend(g);let b=s.getContext("2d"),m=null,j=null,h=null,y=null,k=io(),M=0,S=Mt.least,w=0,$={x:0,y:0,cell:1},x=!0,v=null,T=0;function E(){T||=requestAnimationFrame(()=>{T=0,O()})}function L(){if(!m||!j||M<=0)return;let P=M<Ri,B=j.labels.reduce((se,le)=>Math.max(se,le.length),1),W=P?Mt.mostNarrow:Mt.most;S=Math.round(Math.min(W,Math.max(Mt.least,12+B*Mt.letter)));let U=Math.min(Ii,(P?M:M-Oi)-S-1);w=Math.floor(Math.min(U,m.n*Sn)),$=x?pt(m.n,w):ct($,m.n,w),g.style.width=`${S+w}px`,g.style.height=`${w+S}px`,d.style.cssText=`left:${S}px;width:${w}px;height:${w}px`,c.style.width=`${S-5}px`,f.style.maxHeight=`${S-3}px`}function O(){if(!b||!m||!j||w<=0||t.aborted)return;let P=Math.max(1,window.devicePixelRatio||1),[B,W]=[Math.round((S+w)*P),Math.round((w+S)*P)];(s.width!==B||s.height!==W)&&(s.width=B,s.height=W);let U={ink:getComputedStyle(s).color,soft:getComputedStyle(d).color,font:getComputedStyle(c).fontFamily};ao(b,k,{map:m,tokens:j,view:$,side:w,gutter:S,ratio:P,page:U}),I()}function I(){if(!m||!j)return;let{x:P,y:B,cell:W}=$;if(q(u,y!==null),y!==null){let ve=Math.max(0,(Math.min(m.n,y)-P)*W);u.style.cssText=`top:${(y-B)*W}px;height:${W}px;width:${ve}px`}for(let ve of[i,l,a,c,f])q(ve,v!==null);if(!v)return;let{q:U,t:se}=v,[le,me]=[(se-P)*W,(U-B)*W],ge=Math.max(W,1);i.style.cssText=`top:${me}px;height:${ge}px;width:${Math.max(0,le+W)}px`,l.style.cssText=`left:${le}px;top:${me}px;width:${ge}px;bottom:0`,a.style.cssText=`left:${le}px;top:${me}px;width:${ge}px;height:${ge}px`;let ye=`${Ln(W)}px`;c.style.fontSize=ye,f.style.fontSize=ye,G(c,Ee(j,U)),G(f,Ee(j,se)),c.style.top=`${Math.max(0,Math.min(w,me+W/2))}px`,f.style.left=`${S+Math.max(0,Math.min(w,le+W/2))}px`,f.style.top=`${w+3}px`}function C(P,B=!1){if(!(P?.q===v?.q&&P?.t===v?.t)){if(v=P,P&&m&&B){let W=Ur($,P,m.n,w);(W.x!==$.x||W.y!==$.y)&&z(W)}I(),o.cell(P,B)}}function z(P){m&&($=P,x=P.cell<=pt(m.n,w).cell*1.0001,s.classList.toggle("is-zoomed",!x),E(),o.view())}let N=(P,B)=>m&&P>=S&&B<w?Vr($,P-S,B,m.rows):null,Q=(P,B=w/2,W=w/2)=>{m&&z(zr($,P,B,W,m.n,w))};no(s,t,{point:(P,B)=>C(N(P,B)),leave:()=>C(null),open(P,B){let W=N(P,B);W&&o.open(W.q)},pan(P,B){m&&!x&&z(qr($,P,B,m.n,w))},zoom:(P,B,W)=>Q(P,B-S,W)}),e.on(s,P=>{if(!Ge(P)||!m||m.rows<2)return!1;if(P.key==="+"||P.key==="=")Q(1.5);else if(P.key==="-")Q(1/1.5);else if(P.key==="0")z(pt(m.n,w));else if(P.key==="Enter"||P.key===" "){if(!v)return!1;o.open(v.q)}else{let B=Gr(v??X(m),P.key,m.rows);if(!B)return!1;C(B,!0)}return!0});let X=({rows:P})=>{let B=y!==null&&y>0&&y<P?y:P-1;return{q:B,t:B-1}};s.addEventListener("focus",()=>{m&&m.rows>1&&!v&&s.matches(":focus-visible")&&C(X(m),!0)},{signal:t}),s.addEventListener("blur",()=>C(null),{signal:t}),g.addEventListener("transitionend",E,{signal:t});let ee=new ResizeObserver(([P])=>{let B=P?.contentRect.width??0;Math.abs(B-M)<1||(M=B,L(),E())});ee.observe(r),t.addEventListener("abort",()=>{ee.disconnect(),cancelAnimationFrame(T)});let ne=()=>{t.aborted||(E(),matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change",ne,{signal:t,once:!0}))};return{show(P,B,W,U){let se=m?.n,le=m===P&&h!==null&&h.scale===W.scale&&h.threshold===W.threshold&&h.vmax===W.vmax&&h.perRow===W.perRow;le&&j===B&&y===U||(m===null&&ne(),j!==B&&(v=null),[m,j,h,y]=[P,B,W,U],le||k.paint(m,h),se!==m.n&&(x=!0),L(),E())},zoom:Q,fit(){m&&z(pt(m.n,w))},get fitted(){return x}}}var Pn=30;function co(){let e=p("table",{}),t=p("div",{class:"jw-map-scroll",tabindex:0,role:"region","aria-label":"The map as a table"});t.append(e);let n=p("p",{class:"jw-quiet"}),r=p("details",{class:"jw-map-table"},p("summary",{},"As a table"),n,t),o=null,s=(i,l)=>{let a=(f,g)=>p("th",{scope:g,class:"jw-label"},Ee(l,f)),u=Array.from({length:i.n-1},(f,g)=>g),d=p("tr",{},p("td"),...u.map(f=>a(f,"col"))),c=[];for(let f=1;f<i.rows;f++){let g=u.map(b=>p("td",{class:"jw-number"},b<f?ue(Fe(i,f,b),i.rowMax[f]):""));c.push(p("tr",{},a(f,"row"),...g))}G(n,`Each row is explained by its columns, in ${i.unit}.`),e.replaceChildren(p("thead",{},d),p("tbody",{},...c))};return{el:r,show(i,l){o!==i&&(o=i,s(i,l))}}}var Ni={map:"Whole text",columns:"Answer in columns",arcs:"Answer in arcs"},Wi=5,Di="Point at a cell to see which token moved which. A click explains the row’s token in the text.",uo=e=>{let{wishes:t,dispatch:n,signal:r,uid:o,get:s,wish:i}=e,l="map",a=!0,u,d={ok:!0,value:null},c=null,f=[],g=()=>!1,b="",m=null,j="",h=ye("View","look",Ni,D=>{l=D,F(e.scene())}),y=ye("Ink","scale",{row:"Each row by its own maximum",all:"One scale for all"},D=>{a=D==="row",F(e.scene())}),k=ve("−","Zoom out",()=>z.zoom(1/1.5)),M=ve("+","Zoom in",()=>z.zoom(1.5)),S=ve("Fit","Fit the whole map",()=>z.fit()),w=p("div",{class:"jw-map-zoom"},k,M,S),$=p("div",{class:"jw-row jw-map-head"},h,y,w),x=p("p",{class:"jw-quiet jw-map-caption",id:`${o}-map-caption`}),v=p("div",{class:"jw-number"}),T=p("div",{class:"jw-map-cell"}),E=p("div",{class:"jw-heading"}),L=p("ol",{class:"jw-map-list"}),O=p("p",{class:"jw-quiet"}),I=p("div",{class:"jw-map-aside"},T,v,E,L,O),C=p("div",{class:"jw-map-stage"},I),z=lo(e,C,{cell:V,open:D=>t.explain(D),view(){k.disabled=z.fitted,S.disabled=z.fitted}});k.disabled=!0,S.disabled=!0;let N=[p("span",{class:"jw-number"}),p("span",{class:"jw-number"})],Q=p("div",{class:"jw-map-legend jw-quiet"},N[0],p("i",{class:"jw-map-ramp","aria-hidden":"true"}),N[1]),X=co(),ee=eo(e),ne=to(e),P=p("div",{class:"jw-live",role:"status"}),B=p("span",{role:"status"}),W=p("progress",{class:"jw-meter","aria-label":"Rows computed"}),U=p("button",{type:"button",class:"jw-primary"},"Compute the map"),se=p("button",{type:"button",class:"jw-link"},"Stop"),le=p("button",{type:"button",class:"jw-primary"},"Continue"),me=p("div",{class:"jw-row"},U,le,B,W,se);for(let D of[U,le])D.addEventListener("click",()=>i({panel_run:!0}),{signal:r});se.addEventListener("click",()=>i({panel_run:!1}),{signal:r});let ge=p("div",{class:"jw-map"},p("div",{class:"jw-row jw-between jw-map-about"},x,me),$,C,ee.el,ne.el,Q,X.el,P);function ye(D,_,J,Y){let te=Object.entries(J).map(([re,ae],$e)=>{let je=p("input",{type:"radio",name:`${o}-map-${_}`,value:re,checked:$e===0});return je.addEventListener("change",()=>Y(re),{signal:r}),p("label",{},je,ae)});return p("div",{class:"jw-map-choice",role:"radiogroup","aria-label":D},...te)}function ve(D,_,J){let Y=p("button",{type:"button",class:"jw-tool","aria-label":_,title:_},D);return Y.addEventListener("click",J,{signal:r}),Y}function A({wish:{scale:D,threshold:_,vmax:J,scope:Y}}){return{scale:D,threshold:_,vmax:m?.scope===Y?J:null,perRow:a}}function V(D,_){let J=e.scene();n({type:"hover",group:D?De(J.starts,D.t):null}),H(J,D),_&&D&&m&&c&&G(P,Jr(m,c,D.q,D.t))}let ce=D=>p("span",{class:"jw-label"},Ee(c,D)),ie="",oe=null;function R(D,_){let J=`${_.scale},${_.perRow}`;return(oe?.map!==D||oe.key!==J)&&(oe={map:D,key:J,ranks:ut(D,_)}),oe.ranks}function H(D,_){if(!m||!c)return;let J=D.wish.position,Y=_?.q??(J!==null&&J>0&&J<m.rows?J:null),te=`${_?.q},${_?.t},${Y},${m.rows},${m.scope},${b},${JSON.stringify(A(D))}`;if(te===ie)return;ie=te;for(let ae of[T,v])q(ae,_!==null);for(let ae of[E,L])q(ae,Y!==null);if(_){let{score:ae,place:$e}=An(m,_.q,_.t);T.replaceChildren(ce(_.q)," ← ",ce(_.t)),G(v,`${ae}, ${$e}`)}if(Y===null){G(O,Di);return}E.replaceChildren("What moved ",ce(Y)," most");let re=$t(m,Y,A(D),R(m,A(D)));L.replaceChildren(...Kt(m,Y,Wi,g).map(ae=>{let $e=p("span",{class:"jw-label jw-map-chip"},Ee(c,ae));$e.style.setProperty("--jw-map-weight",`${Math.round(58*re[ae])}%`);let je=ue(Fe(m,Y,ae),m.rowMax[Y]),Me=p("li",{},$e,p("span",{class:"jw-number jw-quiet"},je));return Me.classList.toggle("is-hot",ae===_?.t),Me})),G(O,Xt(m,Y))}function F(D){let _=s("map");_!==u&&(u=_,d=Dr(_)),D.tokens!==c&&(c=D.tokens,f=c?Wr(c):[],b=`
`,ie="");let J=D.wish.hide.join();if(J!==b&&c){b=J;let Me=It(c),Lt=(J.includes("template")?1:0)|(J.includes("delimiters")?2:0);g=fs=>(Me[fs]&Lt)!==0}let Y=d.ok?d.value:null;m=Y&&c&&Y.text===c.text&&Y.n===c.ids.length?Y:null;let te=Qr({tokens:c,map:m,error:d.ok?null:d.error,kernel:D.state!=="no-kernel",asked:s("panel_run")===!0});G(B,te.words),q(me,te.words!==""),q(U,te.button==="compute"),q(le,te.button==="continue"),q(se,te.button==="stop"),q(W,te.total>0),W.max=Math.max(1,te.total),W.value=te.done;let re=m!==null&&m.rows>0,ae=re?f.length>0?l:"map":null;q(h,re&&f.length>0);for(let Me of[x,$,Q])q(Me,re);if(q(w,ae==="map"),q(C,ae==="map"),q(X.el,ae==="map"&&(c?.ids.length??0)<=Pn),q(ee.el,ae==="columns"),q(ne.el,ae==="arcs"),!m||!c||ae===null)return;G(x,Zr(m,D.wish.scope,ae==="map"));let $e=A(D);if(Z(m,$e),ae==="map"){z.show(m,c,$e,D.wish.position),c.ids.length<=Pn&&X.show(m,c),D.view.hover===null&&H(D,null);return}let je=JSON.stringify([ae,m.text,m.rows,m.scope,m.max,f.length,$e,b]);je!==j&&(j=je,(ae==="columns"?ee:ne).show({map:m,tokens:c,answer:f,ink:$e,hidden:g}))}function Z(D,{scale:_,vmax:J}){let Y=_==="share"?"largest share":"strongest",te=_==="rank";G(N[0],te?"weakest":"0");let re=a?`${Y} of each row`:`${Y} of all`;!a&&(_==="linear"||_==="log")?re=`${ue(J??D.max,J??D.max)} ${D.unit}${_==="log"?", logarithmic":""}`:_==="log"&&(re+=", logarithmic"),G(N[1],re),Q.classList.toggle("is-chips",l!=="map"&&f.length>0)}return{el:ge,update:F}};var po=`.jw .jw-map {
  margin-top: 6px;
}
.jw .jw-map-head {
  gap: 6px 10px;
  margin: 6px 0 12px;
}
.jw .jw-map-choice {
  display: flex;
  flex-wrap: wrap;
  gap: 0 14px;
  padding: 1px 10px;
  border: 1px solid var(--jw-line);
  border-radius: 7px;
}
.jw .jw-map-choice label {
  display: flex;
  gap: 6px;
  align-items: center;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-map-choice input {
  accent-color: var(--jw-fg);
}
.jw .jw-map-zoom {
  display: flex;
  gap: 2px;
  margin-inline-start: auto;
}
.jw .jw-map-zoom .jw-tool {
  border: 1px solid var(--jw-line);
}
.jw .jw-map-zoom .jw-tool:disabled {
  background: none;
  color: var(--jw-edge);
}
.jw .jw-map-about {
  min-height: 30px;
}
.jw .jw-map-stage {
  display: flex;
  flex-wrap: wrap;
  gap: 12px 18px;
  align-items: flex-start;
}
.jw .jw-map-frame {
  position: relative;
  flex: none;
  overflow: hidden;
}
.jw .jw-map-canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  color: var(--jw-ink);
  touch-action: pan-x pan-y;
  cursor: crosshair;
  transition: color 1ms;
}
.jw .jw-map-canvas.is-zoomed {
  touch-action: none;
}
.jw .jw-map-canvas:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-marks {
  position: absolute;
  top: 0;
  overflow: hidden;
  color: var(--jw-mute);
  pointer-events: none;
  transition: color 1ms;
}
.jw .jw-map-marks i {
  position: absolute;
}
.jw .jw-map-row,
.jw .jw-map-column {
  background: color-mix(in srgb, var(--jw-fg) 10%, transparent);
}
.jw .jw-map-row {
  left: 0;
}
.jw .jw-map-ring {
  min-width: 3px;
  min-height: 3px;
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-explained {
  left: 0;
  min-height: 2px;
  border: 1.5px solid var(--jw-accent);
}
.jw .jw-map-at-row,
.jw .jw-map-at-column {
  position: absolute;
  overflow: hidden;
  background: var(--jw-bg);
  color: var(--jw-fg);
  line-height: 1.25;
  text-overflow: ellipsis;
  pointer-events: none;
}
.jw .jw-label.jw-map-at-row,
.jw .jw-label.jw-map-at-column {
  font-size: 12px;
}
.jw .jw-map-at-row {
  left: 0;
  text-align: end;
  transform: translateY(-50%);
}
.jw .jw-map-at-column {
  padding-block: 0;
  padding-inline: 2px;
  text-align: end;
  writing-mode: vertical-rl;
  transform: translateX(-50%) rotate(180deg);
}
.jw .jw-map-aside {
  flex: 1 1 190px;
  min-width: 0;
  min-height: 16.5em;
}
.jw .jw-map-cell {
  font-size: 15px;
  overflow-wrap: anywhere;
}
.jw .jw-map-aside .jw-heading {
  margin-top: 10px;
}
.jw .jw-map-list li,
.jw .jw-map-answer li {
  display: flex;
  gap: 10px;
  align-items: baseline;
  justify-content: space-between;
  padding: 1px 0;
}
.jw .jw-map-list .is-hot {
  background: var(--jw-soft);
}
.jw .jw-map-chip {
  min-width: 0;
  padding: 1px 5px;
  overflow: hidden;
  border-radius: 3px;
  background: color-mix(in srgb, var(--jw-ink) var(--jw-map-weight), transparent);
  text-overflow: ellipsis;
}
.jw .jw-map-legend {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 9px;
  align-items: center;
  margin-top: 8px;
}
.jw .jw-map-ramp {
  width: 130px;
  height: 12px;
  border: 1px solid var(--jw-line);
  background: linear-gradient(90deg, transparent, var(--jw-ink));
  forced-color-adjust: none;
}
.jw .is-chips .jw-map-ramp {
  background: linear-gradient(90deg, transparent, color-mix(in srgb, var(--jw-ink) 58%, transparent));
}
.jw .jw-map-table {
  margin-top: 8px;
}
.jw .jw-map-table summary {
  width: max-content;
  min-height: 24px;
  color: var(--jw-mute);
  cursor: pointer;
}
.jw .jw-map-scroll {
  max-height: 32em;
  overflow: auto;
  scrollbar-color: var(--jw-edge) transparent;
}
.jw .jw-map-table table {
  border-collapse: collapse;
}
.jw .jw-map-table th,
.jw .jw-map-table td {
  padding: 1px 7px;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}

/* The answer */
.jw .jw-map-columns {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(8.5em, 1fr));
  gap: 12px 16px;
  max-height: 36em;
  overflow: auto;
}
.jw .jw-map-answer {
  content-visibility: auto;
  contain-intrinsic-size: auto 9.5em;
}
.jw .jw-map-answer > button {
  display: block;
  width: 100%;
  overflow: hidden;
  border-bottom: 1px solid var(--jw-edge);
  font-weight: 600;
  text-align: start;
  text-overflow: ellipsis;
}
.jw .jw-map-answer > button:hover,
.jw .jw-map-answer li:hover {
  background: var(--jw-soft);
}
.jw .jw-map-answer > button:focus-visible {
  outline-offset: -2px;
}
.jw .jw-map-page {
  position: relative;
  padding: 4px 4px 0;
}
.jw .jw-map-arcs {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  pointer-events: none;
}
.jw .jw-map-arcs path {
  fill: none;
  stroke: var(--jw-ink);
}
.jw .jw-map-words {
  position: relative;
  font: 15px / 1.5 var(--jw-content);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  unicode-bidi: plaintext;
  cursor: default;
}
/* Room for arcs, but not over what the template wrote. */
.jw .jw-map-words span:not(.is-template) {
  line-height: 3.2;
}
.jw .jw-map-words .is-answer {
  font-weight: 600;
  cursor: pointer;
}
.jw .jw-map-words .is-template {
  color: var(--jw-mute);
  font: 0.76em / 1.5 var(--jw-mono);
}
.jw .jw-map-words .is-isolated {
  unicode-bidi: isolate;
}
.jw .jw-map-words .is-lit {
  background: color-mix(in srgb, var(--jw-ink) 22%, transparent);
}
.jw .jw-map-words .is-pointed {
  outline: 1.5px solid var(--jw-fg);
}
.jw .jw-map-said {
  height: 3em;
  margin-top: 6px;
  overflow: hidden;
}
@media (forced-colors: active) {
  .jw .jw-map-canvas {
    color: CanvasText;
  }
  .jw .jw-map-arcs path {
    stroke: CanvasText;
  }
  .jw .jw-map-row,
  .jw .jw-map-column,
  .jw .jw-map-ramp {
    forced-color-adjust: none;
    background: color-mix(in srgb, CanvasText 25%, transparent);
  }
  .jw .jw-map-ramp {
    background: linear-gradient(90deg, Canvas, CanvasText);
  }
  .jw .jw-map-ring,
  .jw .jw-map-explained {
    forced-color-adjust: none;
    outline-color: Highlight;
    border-color: Highlight;
  }
}
`;var mo=`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Jacobian Widget">
<link rel="icon" href="data:,">
<title>%%TITLE%%</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; font: 13px/1.45 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 12px 0 32px; }
h1 { margin: 0; padding: 6px 16px 0; font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
#jw-static { padding: 14px 16px; }
#jw-said { padding: 0 16px; }
@media (prefers-color-scheme: dark) { :root { --jp-layout-color0: #121212; } body { background: #121212; } }
</style>
</head>
<body>
<main>
<h1>%%HEADING%%</h1>
<div id="jw-live"></div>
<div id="jw-static">%%STATIC%%</div>
<p id="jw-said" role="status"></p>
<noscript><p style="padding:0 16px">Without JavaScript this page shows one picture only.</p></noscript>
</main>
<script type="text/plain" id="jw-saved">%%SAVED%%<\/script>
<script>
// A stand-in for the notebook: the traits as they were saved, and nobody who computes.
(async () => {
  "use strict";

  let binary = new Uint8Array(0);
  const bytes = ([begin, length]) => binary.slice(begin, begin + length);

  // Byte planes, so that they compress: all first bytes, then all second ones.
  function unplaned(planes, size) {
    const count = planes.length / size;
    const out = new Uint8Array(planes.length);
    for (let plane = 0; plane < size; plane++) {
      for (let i = 0; i < count; i++) out[i * size + plane] = planes[plane * count + i];
    }
    return out;
  }

  // G = L Lᵀ of each token, from L in whole numbers with one power of two per row.
  function gram({ m, factor, exponents }) {
    const stride = (m * (m + 1)) / 2;
    const whole = unplaned(bytes(factor), 2);
    const entries = new DataView(whole.buffer);
    const powers = new Int8Array(bytes(exponents).buffer);
    const T = whole.length / 2 / (stride || 1);
    const out = new DataView(new ArrayBuffer(4 * T * stride));
    const L = new Float64Array(stride);
    for (let t = 0; t < T; t++) {
      for (let i = 0, at = 0; i < m; i++) {
        for (let k = 0; k <= i; k++, at++) L[at] = entries.getInt16(2 * (at * T + t), true) * 2 ** powers[i * T + t];
      }
      for (let i = 0, at = 0; i < m; i++) {
        for (let j = 0; j <= i; j++, at++) {
          const a = (i * (i + 1)) / 2;
          const b = (j * (j + 1)) / 2;
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += L[a + k] * L[b + k];
          out.setFloat32(4 * (t * stride + at), sum, true);
        }
      }
    }
    return out;
  }

  function revived(value) {
    if (Array.isArray(value)) return value.map(revived);
    if (typeof value !== "object" || value === null) return value;
    if ("$bytes" in value) return new DataView(bytes(value.$bytes).buffer);
    if ("$floats" in value) return new DataView(unplaned(bytes(value.$floats), 4).buffer);
    if ("$gram" in value) return gram(value.$gram);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
  }

  const element = (id) => document.getElementById(id);
  try {
    const packed = Uint8Array.from(atob(element("jw-saved").textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const whole = new Uint8Array(await new Response(stream).arrayBuffer());
    const json = 4 + new DataView(whole.buffer).getUint32(0, true);
    binary = whole.subarray(json);
    const saved = JSON.parse(new TextDecoder().decode(whole.subarray(4, json)));
    const traits = { ...saved.traits, ...saved.code };
    for (const name of Object.keys(saved.traits)) traits[name] = revived(saved.traits[name]);
    const further = (traits._further ?? []).concat(traits.basis);
    const listeners = new Map();
    let written = [];

    const model = {
      widget_manager: { kernel: null },
      get: (name) => traits[name],
      set(name, value) {
        if (traits[name] === value) return;
        traits[name] = value;
        written.push(name);
        model.emit(name);
      },
      save_changes() {
        const names = written;
        written = [];
        if (names.includes("position") || names.includes("text")) {
          const found = further.find((basis) => basis.position === traits.position && basis.text === traits.text);
          if (found) model.answer("basis", found);
        }
        if (names.includes("query")) {
          const sought = traits.query.trim().toLowerCase();
          const items = sought ? traits.basis.predictions.filter((p) => p.piece.toLowerCase().includes(sought)) : [];
          model.answer("matches", { query: traits.query, items });
        }
      },
      answer(name, value) {
        traits[name] = value;
        model.emit(name);
      },
      emit(name) {
        for (const callback of [...(listeners.get(\`change:\${name}\`) ?? [])]) callback();
      },
      on(name, callback) {
        listeners.set(name, (listeners.get(name) ?? new Set()).add(callback));
      },
      off(name, callback) {
        listeners.get(name)?.delete(callback);
      },
    };

    const style = document.createElement("style");
    style.textContent = traits._css;
    document.head.append(style);
    const url = URL.createObjectURL(new Blob([traits._esm], { type: "text/javascript" }));
    const module = await import(url);
    URL.revokeObjectURL(url);
    const widget = await module.default();
    const el = element("jw-live");
    await widget.initialize?.({ model });
    await widget.render({ model, el });
    element("jw-static").remove();
  } catch (error) {
    element("jw-said").textContent = \`Only this picture works in this browser: \${error?.message ?? error}\`;
  }
})();
<\/script>
</body>
</html>
`;var _i=/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu,Fi=`
	‌‍`,zi=/^(?:\s*[=+\-@＝＋－＠]|[\t\n])/u,qi=/[\\`*_[\]<>&|~$#@]|:(?=\/\/)|(?<=^\s*)[+\-=]|(?<=^\s*\d+)[.)]/gmu,Ui={"<":"&lt;",">":"&gt;","&":"&amp;","@":"&#64;",":":"&#58;"},Vi=/^[\p{L}\p{N}](?:.*[\p{L}\p{N}])?$/u,Gi=.5,Ki=10;function we(e){return e.replace(_i,t=>Fi.includes(t)?t:`⟨U+${t.codePointAt(0).toString(16).toUpperCase().padStart(4,"0")}⟩`)}function nn({pieces:e}){let t=n=>Math.abs(e[n]?.score??0);return e.flatMap((n,r)=>n.score===null?[]:[r]).sort((n,r)=>t(r)-t(n)||n-r)}function Cn(e){let t=new Map,n=null,r=0;for(let o of nn(e)){r++;let s=Math.abs(e.pieces[o]?.score??0),i=n!==null&&Math.abs(e.pieces[n]?.score??0)===s;t.set(o,i?t.get(n):r),n=o}return t}function en(e){if(e===0)return"0";let[t,n]=e.toExponential(5).split("e"),r=Number(n),o=s=>s.includes(".")?s.replace(/\.?0+$/,""):s;return r<-4||r>=6?`${o(t)}e${r<0?"-":"+"}${String(Math.abs(r)).padStart(2,"0")}`:o(e.toFixed(5-r))}var St=e=>e===null?null:Number(en(e));function Qi(e){let t=we(e),n=zi.test(t)?`'${t}`:t;return/[",\r\n]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function fo(e){let t=Cn(e),n=[["start","stop","text",`score [${e.unit}]`,"standard_error","share","place"]];for(let[r,{start:o,stop:s,text:i,score:l,error:a,share:u}]of e.pieces.entries()){let d=l===null?["","","",""]:[en(l),en(a),en(u),String(t.get(r))];n.push([String(o),String(s),Qi(i),...d])}return n.map(r=>`${r.join(",")}\r
`).join("")}function ho(e){let t=Cn(e),{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:u,signed:d}=e,c=e.pieces.map(({text:b,start:m,stop:j,score:h,error:y,share:k},M)=>({text:b,start:m,stop:j,score:St(h),standard_error:h===null?null:St(y),share:h===null?null:St(k),place:t.get(M)??null})),f={bos_share:St(e.bos_share),hidden_share:St(e.hidden_share)};return`${JSON.stringify({...{question:n,scope:r,unit:o,model:s,position:i,explained:l,granularity:a,rank:u,signed:d},...f,pieces:c},null,1)}
`}function bo(e){let t=Cn(e),n=[`**${tn(we(e.question))}**`,"",...Zi(e),""];n.push(`| Place | Piece | Score, ${e.unit} | Share |`,"|--:|:--|--:|--:|");for(let r of nn(e).slice(0,Ki)){let{label:o,share:s}=e.pieces[r];n.push(`| ${t.get(r)} | ${Ji(we(o))} | ${wo(e,r)} | ${de(s)} |`)}return`${[...n,"",tn(we(et(e)))].join(`
`)}
`}function et({title:e,model:t,signed:n,rank:r,bos_share:o,hidden_share:s}){let i=[`${e} scope, ${t}`];return n&&i.push("gradient × input"),r!==null&&i.push(`top ${r} direction${r>1?"s":""}`),o!==null&&i.push(`BOS holds ${de(o)}, hidden`),s!==null&&i.push(`hidden tokens hold ${de(s)}`),i.join(" · ")}function dt(e){let{top:t,signed:n,scale:r,unit:o,pieces:s}=e,i=go(e),l=nn(e)[0],a=r==="rank"?"weakest":n?`−${ue(t,i)}`:"0",d=l!==void 0&&t===i&&s.some(({error:c})=>c>0)?wo(e,l):ue(t,i);return[a,`${d} ${o}${r==="linear"?"":` (${r} scale)`}`]}function go({pieces:e}){return e.reduce((t,{score:n})=>Math.max(t,Math.abs(n??0)),0)}function wo(e,t){let{score:n,error:r}=e.pieces[t],o=nn(e)[0]??0;return Dt(n??0,r,go(e),e.pieces[o]?.error??0)}function Zi({pieces:e}){let t=[];for(let{text:o,weight:s}of e)for(let i of we(o).split(/(\s+)/)){if(i==="")continue;let l=s>=Gi&&Vi.test(i),a=t.at(-1);a&&a.bold===l?a.text+=i:t.push({text:i,bold:l})}let r=t.map(o=>o.bold?`**${tn(o.text)}**`:tn(o.text)).join("").split(`
`).map(o=>o.trim());return r.map((o,s)=>o===""?">":`> ${o}${r[s+1]?"\\":""}`)}function tn(e){return e.replace(qi,t=>Ui[t]??`\\${t}`)}function Ji(e){if(e==="")return"";let t=Math.max(0,...(e.match(/`+/g)??[]).map(o=>o.length)),n="`".repeat(t+1),r=e.startsWith("`")||e.endsWith("`")?" ":"";return`${n}${r}${e.replaceAll("|","\\|")}${r}${n}`}var Xi="33,102,172",Yi="178,24,43",ea=.58,ta=.02;function yo(e,t){let n=[];for(let[l,a]of e.pieces.entries()){let u=l===e.explained?"outline:2px solid #b35806;border-radius:3px":na(a),d=n.at(-1);d&&u===""&&d.style===""?d.shown+=xo(a.text):n.push({shown:xo(a.text),style:u})}let r=n.map(l=>l.style?`<span style="${l.style}">${l.shown}</span>`:l.shown).join(""),[o,s]=dt(e),i=`${o} to ${s} · ${et(e)} · ${t}`;return`<div style="max-width:860px;overflow-wrap:anywhere"><div style="font:15px system-ui,sans-serif;margin-bottom:8px">${mt(we(e.question))}</div><div style="white-space:pre-wrap;font:17px/2 system-ui,sans-serif">${r}</div><div style="opacity:.75;font:12.5px system-ui,sans-serif;margin-top:8px">${mt(we(i))}</div></div>`}function na({score:e,weight:t}){if(e===null)return"opacity:.6";if(t<ta)return"";let n=e<0?Yi:Xi,r=Math.floor(4*t+.5);return`background:rgba(${n},${(ea*t).toFixed(2)})${r?`;border-bottom:${r}px solid rgb(${n})`:""}`}function xo(e){let t=/^\n*$/.test(e);return mt(t?"↵".repeat(e.length)+e:we(e))}var ra={"&":"&amp;","<":"&lt;",">":"&gt;",'"':"&quot;","'":"&#x27;"};function mt(e){return e.replace(/[&<>"']/g,t=>ra[t])}var oa="text scope target foil position rank granularity pattern scale threshold vmax palette bars signed hide pinned tokens basis map series".split(" "),sa=10,ia=12,jo=10,aa=1e-6;function vo(e){let t={};for(let n of["_esm","_css","panels"]){let r=e(n);if(typeof r!="string"||r==="")return null;t[n]=r}return t}async function $o(e,t,n,r,o){let s={panel:"",status:{state:"saved"}};for(let a of[...oa,"_further"]){let u=e(a);u!==void 0&&(s[a]=u)}let i=[e("target"),e("foil")];s.basis=ko(s.basis,i),Array.isArray(s._further)&&(s._further=s._further.map(a=>ko(a,i)));let l={TITLE:mt(n),HEADING:mt(r),STATIC:o,SAVED:await la({traits:s,code:t})};return mo.replace(/%%(\w+)%%/g,(a,u)=>l[u]??"")}function ko(e,t){if(typeof e!="object"||e===null||!("directions"in e))return e;let n=e,r=new Set([...t,n.default_target,n.default_foil,n.actual]),o=n.predictions.filter(({id:d},c)=>c<sa||r.has(d));for(let{id:d}of o)r.add(d);let s=n.directions.length,i=n.directions.flatMap(([,d],c)=>d===null||r.has(d)?[c]:[]);if(i.length===s)return e;let l=i.flatMap(d=>i.filter(c=>c<=d).map(c=>d*(d+1)/2+c)),a=(d,c,f)=>{let g=Wt(d)??new Float32Array,b=new Float32Array(g.length/c*f.length);for(let m=0,j=0;m<g.length;m+=c)for(let h of f)b[j++]=g[m+h];return b},u=s*(s+1)/2;return{...n,predictions:o,directions:i.map(d=>n.directions[d]),gram:a(n.gram,u,l),gram_bos:a(n.gram_bos,u,l),signed:a(n.signed,s,i)}}async function la(e){let t=[],n=0,r=u=>(t.push(u),n+=u.length,[n-u.length,u.length]),o=new TextEncoder().encode(JSON.stringify(In(e,r))),s=new DataView(new ArrayBuffer(4));s.setUint32(0,o.length,!0);let i=new Blob([s,o,...t]).stream().pipeThrough(new CompressionStream("deflate-raw")),l=new Uint8Array(await new Response(i).arrayBuffer()),a="";for(let u=0;u<l.length;u+=24576)a+=btoa(String.fromCharCode(...l.subarray(u,u+24576)));return a}function Mo(e){return ArrayBuffer.isView(e)||e instanceof ArrayBuffer}function In(e,t){return typeof e!="object"||e===null?e:Array.isArray(e)?e.map(n=>In(n,t)):Mo(e)?{$bytes:t(So(e))}:"gram"in e&&"directions"in e?ca(e,t):Object.fromEntries(Object.entries(e).map(([n,r])=>[n,In(r,t)]))}function So(e){return e instanceof ArrayBuffer?new Uint8Array(e.slice(0)):new Uint8Array(e.buffer,e.byteOffset,e.byteLength).slice()}function ca(e,t){let n=Array.isArray(e.directions)?e.directions.length:0,r=o=>typeof o!="object"||o===null||Array.isArray(o)?o:Mo(o)?{$floats:t(ua(So(o)))}:Object.fromEntries(Object.entries(o).map(([s,i])=>[s,r(i)]));return Object.fromEntries(Object.entries(e).map(([o,s])=>[o,o==="gram"||o==="gram_bos"?{$gram:pa(Wt(s)??new Float32Array,n,t)}:r(s)]))}function ua(e){let t=new DataView(e.buffer);for(let n=0;n+4<=e.length;n+=4){let r=t.getUint32(n,!0)+(1<<jo-1);t.setUint32(n,r-r%(1<<jo),!0)}return To(e,4)}function pa(e,t,n){let r=t*(t+1)/2,o=r>0?e.length/r:0,s=new DataView(new ArrayBuffer(2*o*r)),i=new Int8Array(o*t),l=2**(ia-1)-1;for(let a=0;a<o;a++){let u=da(e.subarray(a*r,(a+1)*r),t);for(let d=0,c=0;d<t;d++){let f=u.subarray(c,c+d+1),g=f.reduce((m,j)=>Math.max(m,Math.abs(j)),0),b=Math.max(-127,Math.min(127,Math.ceil(Math.log2((g||1)/l))));i[d*o+a]=b;for(let m of f)s.setInt16(2*(c++*o+a),Math.round(m*2**-b),!0)}}return{m:t,factor:n(To(new Uint8Array(s.buffer),2)),exponents:n(new Uint8Array(i.buffer))}}function da(e,t){let n=new Float64Array(e.length),r=(s,i)=>s*(s+1)/2+i,o=(s,i)=>{let l=e[r(s,i)];for(let a=0;a<i;a++)l-=n[r(s,a)]*n[r(i,a)];return l};for(let s=0;s<t;s++){let i=o(s,s),l=i>aa*e[r(s,s)]?Math.sqrt(i):0;if(n[r(s,s)]=l,l>0)for(let a=s+1;a<t;a++)n[r(a,s)]=o(a,s)/l}return n}function To(e,t){let n=e.length/t,r=new Uint8Array(e.length);for(let o=0;o<n;o++)for(let s=0;s<t;s++)r[s*n+o]=e[o*t+s];return r}var ma={semantic:e=>`What moved the logit of ${e}?`,log_probability:e=>`What moved the probability of ${e}?`,contrast:(e,t)=>`Why ${e} rather than ${t}?`,fisher:()=>"What moved the whole prediction?",temperature:()=>"What moved the model’s confidence?",entropy:()=>"What moved its uncertainty?"};function Eo(e,t){let{tokens:n,picture:r,question:o,starts:s,granularity:i,basis:l,wish:a}=e;if(!n||!r||!o||!l)return null;let{scale:u,threshold:d,vmax:c,hide:f}=a,{scope:g,target:b,foil:m,rank:j}=o,h=k=>k===null?"":t(k),y=r.order.reduce((k,M)=>k+(r.shares[M]??0),0);return{question:ma[g](h(b),h(m)),scope:g,title:be[g].name,unit:Re(o),model:l.model,position:l.position,explained:e.explained,granularity:i,rank:g==="fisher"?j:null,signed:r.signed,scale:u,top:u==="rank"?r.max:c??r.max,bos_share:n.bos.length>0&&!r.signed?r.bosShare:null,hidden_share:f.length===0?null:r.signed?(f.includes("template")?r.templateShare:0)+(f.includes("delimiters")?r.delimiterShare:0):Math.max(0,1-r.bosShare-y),pieces:s.map((k,M)=>{let S=(r.rank[M]??0)>0,w=r.scores[M]??0,$=S?pn(w,r,{scale:u,threshold:d,vmax:c}):0,x=Ie(s,M,n.ids.length);return{text:Ue(n,s,M),label:n.labels.slice(k,x).join(""),start:k,stop:x,score:S?w:null,error:S?r.errors?.[M]??0:0,share:S?r.shares[M]??0:0,weight:$>=d?$:0}})}}var Et="sans-serif",ze=4,Tt=4,On=.58,Ao=1.1,Lo=/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u,fa={light:{paper:"#ffffff",words:"#111111",quiet:"#595959",ring:"#b35806"},dark:{paper:"#111111",words:"#eeeeee",quiet:"#a8a8a8",ring:"#f0a04b"},transparent:{paper:null,words:"#111111",quiet:"#595959",ring:"#b35806"}};function Rn(e){let t=document.createRange();t.selectNodeContents(e);let n=[...t.getClientRects()].filter(i=>i.width>0),[r]=n;if(!r)return[];if(n.length===1)return[{text:e.data.replaceAll(`
`,""),rect:r}];let o=[],s=0;for(let{segment:i}of new Intl.Segmenter().segment(e.data)){t.setStart(e,s),t.setEnd(e,s+i.length),s+=i.length;let l=t.getClientRects()[0];if(!l||l.width===0)continue;let a=o.at(-1);if(a&&Math.abs(a.rect.top-l.top)<1){a.text+=i;let{left:u,right:d,top:c,bottom:f}=a.rect;a.rect={left:Math.min(u,l.left),right:Math.max(d,l.right),top:c,bottom:f}}else o.push({text:i,rect:l})}return o}function Po(e,t){e.style.color=t;let n=document.createElement("canvas").getContext("2d",{willReadFrequently:!0});if(!n)return"#2474bd";n.fillStyle=getComputedStyle(e).color,n.fillRect(0,0,1,1);let[r,o,s]=n.getImageData(0,0,1,1).data;return`#${[r,o,s].map(i=>(i??0).toString(16).padStart(2,"0")).join("")}`}function Co(e,t,n){let r=fa[t.ground],o=t.size*ze,s=(t.width-2*Tt)*ze,i=(M,...S)=>{let w=p("div",{},...S);return w.style.cssText=`font-size:${M*o}px;line-height:1.4;unicode-bidi:plaintext`,w},l=new Text(we(e.question)),a=e.pieces.map(({text:M})=>new Text(we(M).replace(/\n/g,`↵
`))),u=i(1,...a.map(M=>p("span",{},M)));u.style.lineHeight="1.75";let[d,c]=dt(e).map(M=>new Text(we(M))),f=p("span");f.style.cssText="display:inline-block;width:8em;height:1em;margin:0 .5em;vertical-align:-.15em";let g=i(.85,p("span",{},d),f,p("span",{},c)),b=new Text(we(et(e))),m=p("div",{class:"jw","data-palette":t.palette,"aria-hidden":"true"});m.style.cssText=`position:absolute;left:0;top:0;visibility:hidden;pointer-events:none;max-width:none;padding:0;width:${s}px;font-family:${Et};font-weight:400;letter-spacing:0;white-space:pre-wrap;overflow-wrap:anywhere;--jw-fg:${r.words};--jw-bg:${r.paper??"#ffffff"}`;let j=i(1,l);j.style.marginBottom=u.style.marginBottom="0.4em";let h=i(.85,b);m.append(j,u,g,h);let y=p("div",{},m);y.style.cssText="position:absolute;width:0;height:0;overflow:hidden",n.append(y);try{let M=Po(m,"var(--jw-ink)"),S=Po(m,"var(--jw-negative)"),w=m.getBoundingClientRect(),$=[],x=[],v=X=>(X-w.left)/ze+Tt,T=X=>(X-w.top)/ze+Tt,E=k(),L=(X,ee,ne)=>{let{rect:P,text:B}=X,W={x:v(P.left),y:T(P.top)+E*ee,width:(P.right-P.left)/ze,text:B,size:ee,fill:ne},U=x.at(-1);U&&U.fill===ne&&Math.abs(U.y-W.y)<.5&&Lo.test(B)&&Lo.test(U.text)?(U.text+=B,U.width=Math.max(U.x+U.width,W.x+W.width)-Math.min(U.x,W.x),U.x=Math.min(U.x,W.x)):x.push(W)},O=(X,ee,ne,P,B,W)=>$.push({x:X,y:ee,width:ne,height:P,fill:B,opacity:W,stroke:null});for(let X of Rn(l))L(X,t.size,r.words);for(let[X,ee]of e.pieces.entries()){let ne=X===e.explained,P=(ee.score??0)<0?S:M;for(let B of Rn(a[X])){let{rect:W}=B,U=v(W.left),se=Math.min(v(W.right),t.width-Tt)-U,le=T(W.top),me=(W.bottom-W.top)/ze;if(ne)$.push({x:U-Ao/2,y:le,width:se+Ao,height:me,fill:null,opacity:1,stroke:r.ring});else if(ee.weight>0&&se>0){O(U,le,se,me,P,On*ee.weight);let ye=t.size*.22*ee.weight;t.bars&&ee.weight>=1/8&&O(U,(ee.score??0)<0?le:le+me-ye,se,ye,P,1)}let ge=ee.score===null&&!ne||/^↵+$/.test(B.text);L(B,t.size,ge?r.quiet:r.words)}}for(let X of[d,c,b])for(let ee of Rn(X))L(ee,t.size*.85,r.quiet);let I=f.getBoundingClientRect(),C=(X,ee,ne)=>({at:X,fill:ee,opacity:ne}),z=X=>[C(X,M,0),C(1,M,On)],N=e.signed?[C(0,S,On),C(.5,S,0),...z(.5)]:z(0),Q={x:v(I.left),y:T(I.top),width:I.width/ze,height:I.height/ze,stops:N};return{width:t.width,height:m.getBoundingClientRect().height/ze+2*Tt,ground:r.paper,title:we(e.question),shapes:$,ramp:Q,lines:x}}finally{y.remove()}function k(){let M=p("span");M.style.cssText="display:inline-block;width:0;height:0";let S=new Text("x");j.append(S,M);let w=document.createRange();w.selectNodeContents(S);let $=(M.getBoundingClientRect().bottom-w.getBoundingClientRect().top)/o;return S.remove(),M.remove(),$}}var ha=300,ba=16384;async function Io(e){let t=Math.floor(Math.min(ha,72*ba/Math.max(e.width,e.height))),n=t/72,r=document.createElement("canvas");r.width=Math.round(e.width*n),r.height=Math.round(e.height*n);let o=r.getContext("2d");if(!o)throw new Error("this browser has no canvas");o.scale(n,n),e.ground&&(o.fillStyle=e.ground,o.fillRect(0,0,e.width,e.height));for(let{x:a,y:u,width:d,height:c,fill:f,opacity:g,stroke:b}of e.shapes)o.globalAlpha=g,b?(o.strokeStyle=b,o.lineWidth=1.1,o.beginPath(),o.roundRect(a,u,d,c,1.5),o.stroke()):(o.fillStyle=f??"transparent",o.fillRect(a,u,d,c));o.globalAlpha=1;let{ramp:s}=e,i=o.createLinearGradient(s.x,0,s.x+s.width,0);for(let{at:a,fill:u,opacity:d}of s.stops)i.addColorStop(a,ga(u,d));o.fillStyle=i,o.fillRect(s.x,s.y,s.width,s.height),o.direction="ltr";for(let{x:a,y:u,text:d,size:c,fill:f}of e.lines)o.font=`${c}px ${Et}`,o.fillStyle=f,o.fillText(d,a,u);let l=await new Promise(a=>r.toBlob(a,"image/png"));if(!l)throw new Error("the picture is too large for this browser");return{blob:wa(new Uint8Array(await l.arrayBuffer()),t),dpi:t}}var ga=(e,t)=>e+Math.round(t*255).toString(16).padStart(2,"0");function wa(e,t){let n=new DataView(new ArrayBuffer(21)),r=Math.round(t/.0254);n.setUint32(0,9);for(let[o,s]of[..."pHYs"].entries())n.setUint8(4+o,s.charCodeAt(0));return n.setUint32(8,r),n.setUint32(12,r),n.setUint8(16,1),n.setUint32(17,xa(new Uint8Array(n.buffer,4,13))),new Blob([e.subarray(0,33),n,e.subarray(33)],{type:"image/png"})}function xa(e){let t=-1;for(let n of e){t^=n;for(let r=0;r<8;r++)t=t>>>1^(t&1?3988292384:0)}return~t>>>0}var Oo=72/2.54;function No({width:e,height:t,ground:n,title:r,shapes:o,ramp:s,lines:i}){let l=[`<svg xmlns="http://www.w3.org/2000/svg" width="${xe(e/Oo)}cm" height="${xe(t/Oo)}cm" viewBox="0 0 ${xe(e)} ${xe(t)}" font-family="${Et}">`,`<title>${Ro(r)}</title>`];n&&l.push(`<rect width="${xe(e)}" height="${xe(t)}" fill="${n}"/>`);for(let{x:u,y:d,width:c,height:f,fill:g,opacity:b,stroke:m}of o){let j=m?`fill="none" stroke="${m}" stroke-width="1.1" rx="1.5"`:`fill="${g}"${b<1?` fill-opacity="${xe(b)}"`:""}`;l.push(`<rect x="${xe(u)}" y="${xe(d)}" width="${xe(c)}" height="${xe(f)}" ${j}/>`)}let a=s.stops.map(({at:u,fill:d,opacity:c})=>`<stop offset="${u}" stop-color="${d}" stop-opacity="${c}"/>`);l.push(`<defs><linearGradient id="ramp">${a.join("")}</linearGradient></defs>`,`<rect x="${xe(s.x)}" y="${xe(s.y)}" width="${xe(s.width)}" height="${xe(s.height)}" fill="url(#ramp)"/>`);for(let{y:u,size:d,parts:c}of ya(i)){let f=c.map(({x:g,text:b,fill:m})=>`<tspan x="${xe(g)}" fill="${m}">${Ro(b)}</tspan>`);l.push(`<text y="${xe(u)}" font-size="${xe(d)}" xml:space="preserve">${f.join("")}</text>`)}return`${l.join(`
`)}
</svg>
`}function ya(e){let t=[];for(let n of e){let r=t.at(-1);r&&r.size===n.size&&Math.abs(r.y-n.y)<.5?r.parts.push(n):t.push({y:n.y,size:n.size,parts:[n]})}return t}var xe=e=>String(Math.round(e*1e3)/1e3);function Ro(e){return e.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu,t=>t==="	"?t:"�").replace(/[&<>"]/g,t=>`&#${t.codePointAt(0)};`)}var ja=String.raw`% Needs \usepackage{xcolor} in the preamble. pdfLaTeX, LuaLaTeX and XeLaTeX all read it.
\begingroup
\definecolor{jwink}{HTML}{2166AC}\definecolor{jwagainst}{HTML}{B2182B}\definecolor{jwring}{HTML}{B35806}%
\def\jwcode#1{\mbox{\ttfamily\scriptsize U+#1}}%
\def\jwu#1#2{\ifdefined\Umathchar\iffontchar\font"#1 #2\else\jwcode{#1}\fi\else\jwcode{#1}\fi}%
\def\jwink#1#2{{\fboxsep0pt\colorbox{jwink!#1!white}{\strut#2}}}%
\def\jwagainst#1#2{{\fboxsep0pt\colorbox{jwagainst!#1!white}{\strut#2}}}%
\def\jwring#1{{\fboxsep0pt\fcolorbox{jwring}{white}{\strut#1}}}%
\def\jwmay{\hskip0pt\relax}%
\def\jwline{\leavevmode\\\relax}%
\setlength{\parindent}{0pt}\raggedright
`,Do=58,Wo=12,ka=6,va="⁰¹²³⁴⁵⁶⁷⁸⁹",$a=new Set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœ–—‘’“”…"),Ma=new Map([...[..."#$%&_{}"].map(e=>[e,`\\${e}`]),...[...`-,'[]*?!/"=:;@`].map(e=>[e,`{${e}}`]),["\\","\\textbackslash{}"],["~","\\textasciitilde{}"],["^","\\textasciicircum{}"],["<","\\textless{}"],[">","\\textgreater{}"],["|","\\textbar{}"],["`","\\textasciigrave{}"],[" ","~"],["␣","\\textvisiblespace{}"],["↵","$\\hookleftarrow$"],["−","$-$"],["±","$\\pm$"],["×","$\\times$"],["·","$\\cdot$"],["β","$\\beta$"],["⁻","\\textsuperscript{$-$}"],...[...va].map((e,t)=>[e,`\\textsuperscript{${t}}`]),["︎",""],["️",""]]);function Ho(e){let[t,n]=dt(e),r=e.pieces.map((l,a)=>Sa(l,a===e.explained)).join(""),o=Array.from({length:8},(l,a)=>Math.round(Do*a/7)),s=(l,a)=>a.map(u=>`\\${l}{${u}}{\\hspace{0.8em}}`).join(""),i=(e.signed?s("jwagainst",[...o].reverse()):"")+s("jwink",o);return`${ja}{\\small ${rn(e.question)}}\\par\\smallskip
${r}\\par\\smallskip
{\\footnotesize ${rn(t)} ${i} ${rn(n)}\\\\{}${rn(et(e))}\\par}
\\endgroup
`}function rn(e){return[...e].map(Bo).join("")}function Bo(e){let t=Ma.get(e);if(t!==void 0)return t;if($a.has(e)||e>=" "&&e<="~")return e;let n=e.codePointAt(0).toString(16).toUpperCase().padStart(4,"0");return e===`
`?"\\jwline{}":e==="	"||/\p{Zs}/u.test(e)?" ":/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u.test(e)?`\\jwcode{${n}}`:`\\jwu{${n}}{${e}}`}function Sa(e,t){return e.text.split(/([ \t]+|\n)/).filter(n=>n!=="").map(n=>Ta(n,e,t)).join("")}function Ta(e,{weight:t,score:n},r){if(e===`
`)return`\\jwline{}
`;if(/^[ \t]+$/.test(e))return e===" "?" ":`\\hspace*{${(.33*e.length).toFixed(2)}em}`;let o=Math.round(Do*t),s=(n??0)<0?"jwagainst":"jwink";return Ea(e).map(i=>r?`\\jwring{${i}}`:o>0?`\\${s}{${o}}{${i}}`:i).join(`\\jwmay{}%
`)}function Ea(e){let t=[""],n=Wo;for(let r of e){let o=Bo(r),s=/^\\jw(u|code)\{/.test(o)?ka:1;n<s&&t.at(-1)!==""&&(t.push(""),n=Wo),t[t.length-1]+=o,n-=s}return t}var Aa=72/2.54,_o=4,Fo=60,La="The browser keeps its clipboard to itself here. The text is selected: press Ctrl+C, or ⌘C on a Mac.",Pa='This notebook does not hand the widget’s code to the page. In Python: w.to_html("result.html")';function Ca(e){let t=e.toLowerCase().match(/[\p{L}\p{N}]+/gu)??[],n="";for(let r of t.slice(0,6))n.length+r.length<40&&(n+=`${n&&"-"}${r}`);return n||"attribution"}function Ia(e){return e<1e6?`${Math.max(1,Math.round(e/1e3))} kB`:`${(e/1e6).toFixed(1)} MB`}function zo(e){let{signal:t,uid:n,root:r}=e,o=p("p",{class:"jw-said",role:"status"}),s=p("textarea",{class:"jw-preview",readonly:!0,spellcheck:"false",rows:7,"aria-label":"What was copied",hidden:!0}),i=p("input",{id:`${n}-width`,class:"jw-size",type:"number",min:_o,max:Fo,step:.5,value:16}),l=p("input",{id:`${n}-letters`,class:"jw-size",type:"number",min:5,max:30,step:.5,value:10}),a=p("select",{id:`${n}-ground`,class:"jw-chip"},p("option",{value:"light"},"Light"),p("option",{value:"dark"},"Dark"),p("option",{value:"transparent"},"Transparent")),u=[],d=!1;function c(T,E){let L=p("button",{type:"button",class:"jw-chip"},T);return u.push(L),L.addEventListener("click",async()=>{let O=Eo(e.scene(),e.label);if(!(!O||d)){d=!0,G(o,"One moment …");try{G(o,await E(O))}catch(I){G(o,`This did not work: ${I instanceof Error?I.message:String(I)}`)}finally{d=!1}}},{signal:t}),L}function f(T,E){let L=`${Ca(e.scene().tokens?.text??"")}.${E}`,O=URL.createObjectURL(T);return p("a",{href:O,download:L}).click(),setTimeout(()=>URL.revokeObjectURL(O),6e4),q(s,!1),`Saving ${L}, ${Ia(T.size)}.`}async function g(T,E){q(s,!0),K(s,"aria-label",`${E}, as copied`),s.value=T;let L=`Copied as ${E}, ${pe([...T].length,"character")}.`;try{return await navigator.clipboard.writeText(T),L}catch{return s.focus(),s.select(),document.execCommand("copy")?L:La}}function b(T){let E=(I,C,z,N)=>Math.max(C,Math.min(z,Number(I.value)||N)),{palette:L,bars:O}=e.scene().wish;return Co(T,{width:E(i,_o,Fo,16)*Aa,size:E(l,5,30,10),ground:a.value,palette:L,bars:O},r)}let m=(T,E)=>new Blob([T],{type:`${E};charset=utf-8`}),j=c("Save as HTML",async T=>{let E=vo(e.get);if(!E)return Pa;let L=`${we(T.question)} · ${T.model}`,O=we(`What moved a prediction of ${T.model}`),I=yo(T,"Static picture: for the rest, this page needs JavaScript.");return f(m(await $o(e.get,E,L,O,I),"text/html"),"html")}),h=c("Save as SVG",T=>f(m(No(b(T)),"image/svg+xml"),"svg")),y=c("Save as PNG",async T=>{let{blob:E,dpi:L}=await Io(b(T));return`${f(E,"png").slice(0,-1)}, ${L} dots per inch.`}),k=c("Save as CSV",T=>f(m(`\uFEFF${fo(T)}`,"text/csv"),"csv")),M=c("Save as JSON",T=>f(m(ho(T),"application/json"),"json")),S=c("Copy as Markdown",T=>g(bo(T),"Markdown")),w=c("Copy as LaTeX",T=>g(Ho(T),"LaTeX")),$=(T,E,...L)=>[p("span",{class:"jw-caption"},T),p("div",{class:"jw-row"},...L,E?p("span",{class:"jw-quiet"},E):"")],x=(T,E,L)=>p("label",{class:"jw-setting",for:E.id},T,E,L);return{el:p("div",{class:"jw-save"},p("div",{class:"jw-ways"},...$("Everything","One file that goes on working without a kernel or a network",j),...$("The picture","",h,y,x("Width",i,"cm"),x("Text size",l,"pt"),x("Ground",a,"")),...$("The numbers","",k,M),...$("To paste","",S,w)),o,s),update(T){let E=T.picture===null||T.degenerate;for(let L of u)L.disabled=E;E?G(o,"There are no scores to save yet."):o.textContent==="There are no scores to save yet."&&G(o,"")}}}var qo=`.jw .jw-ways {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 10px 16px;
  align-items: baseline;
}
.jw .jw-save .jw-chip {
  padding: 3px 10px;
}
.jw .jw-save select.jw-chip {
  background: var(--jw-bg);
  cursor: pointer;
}
.jw .jw-save .jw-chip:disabled {
  color: var(--jw-mute);
  border-color: var(--jw-line);
}
.jw .jw-save .jw-setting {
  display: inline-flex;
  gap: 6px;
  align-items: baseline;
  color: var(--jw-mute);
  white-space: nowrap;
}
.jw .jw-save .jw-size {
  width: 4.6em;
  min-height: 26px;
  padding: 2px 6px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-bg);
  color: var(--jw-fg);
}
.jw .jw-save .jw-setting .jw-chip {
  color: var(--jw-fg);
}
.jw .jw-save .jw-said {
  min-height: 1.45em;
  margin-top: 12px;
  overflow-wrap: anywhere;
}
.jw .jw-save .jw-preview {
  display: block;
  box-sizing: border-box;
  width: 100%;
  margin-top: 8px;
  padding: 8px 10px;
  border: 1px solid var(--jw-edge);
  border-radius: 6px;
  background: var(--jw-soft);
  color: var(--jw-fg);
  font: 12px / 1.5 var(--jw-mono);
  resize: vertical;
}
@media (max-width: 560px) {
  .jw .jw-ways {
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
  }
  .jw .jw-ways > .jw-caption {
    margin-top: 6px;
  }
}
`;var Uo=3,Ra=/(?<=[0-9])[,'_’\u00a0\u202f\u2009٬](?=[0-9]{3}(?![0-9]))/g,Na=/^[^\p{L}\p{N}_+.-]*([+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[^\p{L}\p{N}_]*$/u;function Wa(e){let t=e.replace(/−/g,"-").replace(/٫/g,".").trim().replace(Ra,""),n=Na.exec(t);return n?Number(n[1]):null}function Nn(e){let t=e.groups.number,n=[];for(let r=0;r<t.length;r++){let o=t[r],s=Ie(t,r,e.ids.length),i=e.pieces.slice(o,s).join(""),l=Wa(i);l!==null&&n.push({group:r,start:o,stop:s,value:l,text:i.trim()})}return n}function Vo(e,t=Nn(e)){let n=[],r=0,o=!0;for(let l of t){for(;r<l.start;r++)o||=/[\n\r]/.test(e.pieces[r]);o&&n.push([]),o=!1,n.at(-1)?.push(l)}let s=n.filter(l=>l.length>=Uo);return(s.length>0?s:t.length>=Uo?[[...t]]:[]).map((l,a)=>{let u=l.slice(0,3).map(d=>d.text).join(", ");return{name:`${a+1}: ${u}${l.length>3?" …":""}`,points:l}})}function Go(e,t){return t===null?null:e.find(n=>n.stop>t)??null}function Ko(e){if(typeof e!="object"||e===null)return null;let t=e;if(typeof t.error=="string")return{error:t.error};if(typeof t.text!="string")return null;let n=i=>{let l=t[i];return Array.isArray(l)&&l.every(u=>Number.isFinite(u))?l:null},r=i=>Number.isFinite(t[i])?t[i]:null,o=n("values"),s=n("p");return!o||!s||o.length!==s.length?{error:"The prediction does not add up."}:{text:t.text,at:r("at"),actual:r("actual"),values:o,p:s,found:s.reduce((i,l)=>i+l,0),unexplored:r("unexplored")??0,other:r("other")??0,computing:t.state==="computing",more:t.more===!0}}function qe({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++)if(o+=t[s],o>=r*n*(1-1e-12))return e[s];return e.at(-1)??null}function Qo({values:e,p:t,found:n},r){let o=0;for(let s=0;s<e.length;s++){let i=e[s];i<r?o+=t[s]:i===r&&(o+=t[s]/2)}return n>0?o/n:0}function Zo({values:e,p:t},n){let r=e.indexOf(n);return r<0?0:t[r]}function Jo(e){if(!(e>0)||!Number.isFinite(e))return 1;let t=10**Math.floor(Math.log10(e));return([1,2,5,10].find(r=>r*t>=e*(1-1e-9))??10)*t}function Wn(e,t,n){let r=Jo((t-e)/Math.max(1,n)),o=[];for(let s=Math.ceil(e/r-1e-9);s*r<=t+1e-9*r;s++)o.push(Number((s*r).toPrecision(12)));return o}function Xo(e,t){let n=Number.POSITIVE_INFINITY,r=Number.NEGATIVE_INFINITY;for(let{value:u}of e)n=Math.min(n,u),r=Math.max(r,u);let o=r>n?(r-n)/2:Math.max(1,Math.abs(r)/2),s=t&&t.found>0?qe(t,.02)??n:n,i=t&&t.found>0?qe(t,.98)??r:r,l={low:Math.max(n-o,Math.min(n,s)),high:Math.min(r+o,Math.max(r,i))},a=(l.high-l.low||o)*.04;return{low:l.low-a,high:l.high+a}}function Dn(e,t,n){let r=e.values.filter(d=>d>=t.low&&d<=t.high),o=Number.POSITIVE_INFINITY;for(let d=1;d<r.length;d++)o=Math.min(o,r[d]-r[d-1]);let s=(t.high-t.low)/Math.max(1,n),i=Jo(Number.isFinite(o)?Math.max(s,o):s),l=new Map,a=0;for(let[d,c]of e.values.entries()){let f=e.p[d];if(c<t.low||c>t.high){a+=f;continue}let g=Math.floor(c/i+.5);l.set(g,(l.get(g)??0)+f)}let u=[...l].sort(([d],[c])=>d-c).map(([d,c])=>({low:Number(((d-.5)*i).toPrecision(12)),p:c}));return{step:i,bins:u,outside:a,most:u.reduce((d,{p:c})=>Math.max(d,c),0)}}var Yo={wide:132,narrow:78},Da=520;function es(e,t,n){let r=Math.min(e/4,12+7*t),o=n?e<Da?Yo.narrow:Yo.wide:10;return{width:e,left:r,right:e-o,top:10,bottom:210,barTop:236,barBottom:300}}var ft=324;function ts(e,t,n){let r=(e.right-e.left)/(t.to-t.from+1);return{x:o=>e.left+(o-t.from+.5)*r,y:o=>e.bottom-(o-n.low)/(n.high-n.low)*(e.bottom-e.top),index:o=>Math.round((o-e.left)/r+t.from-.5),step:r}}var he=e=>String(Math.round(e*100)/100);function ns(e,t,n,r,o,s,i,l){let a=Math.max(0,Math.floor(r.from)-1),u=Math.min(e.length-1,Math.ceil(r.to)+1),d={before:"",after:"",dots:"",late:"",rising:"",falling:""},c=l?(n.barTop+n.barBottom)/2:n.barBottom,f=c-n.barTop,g=Math.max(.4,Math.min(7,o.step*.36)),b=Math.min(2.6,o.step*.28);for(let m=a;m<=u;m++){let j=o.x(m),h=o.y(e[m].value),y=`${he(j)} ${he(h)}`;m<=s&&(d.before+=`${d.before===""?"M":"L"}${y}`),m>=s&&(d.after+=`${d.after===""?"M":"L"}${y}`),b>=1.2&&(d[m<=s?"dots":"late"]+=`M${he(j-b)} ${he(h)}a${he(b)} ${he(b)} 0 1 0 ${he(2*b)} 0a${he(b)} ${he(b)} 0 1 0 ${he(-2*b)} 0`);let k=t[m]??0;if(k===0||!(i>0)||m<r.from-.5||m>r.to+.5)continue;let M=Math.max(.75,Math.abs(k)/i*f)*Math.sign(k),S=`M${he(j-g)} ${he(c)}v${he(-M)}h${he(2*g)}v${he(M)}z`;k>0?d.rising+=S:d.falling+=S}return d}function rs({bins:e,step:t,most:n},r,o,s,i){let l="";for(let{low:a,p:u}of e){let d=Math.max(r.top,o.y(a+t)),c=Math.min(r.bottom,o.y(a)),f=Math.min(1,(c-d)/4),g=n>0?Math.max(.5,u/n*(i-s)):0;l+=`M${he(s)} ${he(d+f/2)}h${he(g)}v${he(Math.max(.5,c-d-f))}h${he(-g)}z`}return l}function At(e,t,n,r,o=4){let s=e.to-e.from+1,i=Math.min(r,Math.max(Math.min(o,r),s/t)),l=(n-e.from+.5)/s,a=n+.5-l*i,u=Math.min(Math.max(0,a),r-i);return{from:u,to:u+i-1}}function os(e,t,n,r=4){let o=Math.max(0,Math.min(e,t)),s=Math.min(n-1,Math.max(e,t)),i={from:o,to:s};return s-o+1>=r?i:At(i,1,(o+s)/2,n,r)}var Ha="http://www.w3.org/2000/svg",Ba=500,_a=4,Fa=.0022,za=16,ss=2,is=48,as=12;function Ce(e,t,...n){let r=document.createElementNS(Ha,e);for(let[o,s]of Object.entries(t))K(r,o,s);return r.append(...n),r}var We=e=>Ce("path",{class:`jw-series-${e}`});function ls({keys:e,signal:t,uid:n},r){let o={after:We("after"),before:We("line"),dots:We("dots"),late:We("dots is-late"),rising:We("bars"),falling:We("bars is-negative")},s=Object.entries(o),i=Ce("g",{class:"jw-series-axes"}),l=We("side"),a=We("median"),u=We("actual"),d=Ce("circle",{class:"jw-series-ring",r:6}),c=We("slot"),f=We("cursor"),g=Ce("circle",{class:"jw-series-spot",r:4}),b=Ce("rect",{class:"jw-series-brush"}),m=Ce("g",{},i,c,f),j=Ce("clipPath",{id:`${n}-series-clip`},Ce("rect",{})),h=Ce("g",{"clip-path":`url(#${n}-series-clip)`},o.rising,o.falling,o.after,o.before,o.late,o.dots),y=Ce("svg",{"aria-hidden":"true"},j,m,h,l,a,u,d,g,b),k=p("canvas",{"aria-hidden":"true",hidden:!0}),M=p("div",{class:"jw-series-figure",tabindex:0,role:"application","aria-roledescription":"series","aria-label":"Series","aria-describedby":`${n}-series-summary`},k,y),S=null,w={from:0,to:0},$=!0,x=0,v=null,T=null,E=null,L=0,O=()=>S?S.points.length+(S.explained===S.points.length?1:0):0;function I(){L||=requestAnimationFrame(()=>{L=0,C()})}function C(){if(!S||x<=0||t.aborted)return;let{points:A,next:V,scores:ce,cut:ie,max:oe,signed:R,explained:H}=S,F=Xo(A,V),Z=Wn(F.low,F.high,5),D=Math.max(3,...Z.map(te=>N(te).length),ue(oe,oe).length);v=es(x,D,V!==null&&V.found>0),T=ts(v,w,F),K(y,"viewBox",`0 0 ${x} ${ft}`),K(y,"width",x),K(y,"height",ft);let _=j.firstElementChild;for(let[te,re]of Object.entries({x:v.left,y:0,width:Math.max(0,v.right-v.left),height:ft}))K(_,te,re);Q(v,T,F,Z);let J=ns(A,ce,v,w,T,H??ie,oe,R),Y=A.length>Ba;for(let[te,re]of s)K(re,"d",Y?null:J[te]);q(k,Y),Y&&z(J,v),X(v,T,F),ee()}function z(A,V){let ce=Math.max(1,devicePixelRatio||1);k.width=Math.round(x*ce),k.height=Math.round(ft*ce);let ie=k.getContext("2d");if(ie){ie.setTransform(ce,0,0,ce,0,0),ie.beginPath(),ie.rect(V.left,0,V.right-V.left,ft),ie.clip(),ie.lineJoin="round";for(let[oe,R]of s){let{fill:H,stroke:F,strokeWidth:Z}=getComputedStyle(R),D=new Path2D(A[oe]);H!=="none"&&(ie.fillStyle=H,ie.fill(D)),F!=="none"&&(ie.strokeStyle=F,ie.lineWidth=Number.parseFloat(Z)||1,ie.stroke(D))}}}function N(A){return Math.abs(A)>=1e6||A!==0&&Math.abs(A)<.001?A.toExponential(0).replace("-","−"):String(Number(A.toPrecision(6))).replace("-","−")}function Q(A,V,ce,ie){if(!S)return;let oe=[],R=(_,J,Y,te,re="jw-series-tick")=>oe.push(Ce("text",{x:_,y:J,"text-anchor":Y,class:re},te)),H="";for(let _ of ie){let J=Math.round(V.y(_))+.5;H+=`M${A.left} ${J}H${A.right}`,R(A.left-6,J+3.5,"end",N(_))}let F=S.signed?Math.round((A.barTop+A.barBottom)/2)+.5:A.barBottom+.5;oe.unshift(Ce("path",{class:"jw-series-grid",d:H})),oe.push(Ce("path",{class:"jw-series-base",d:`M${A.left} ${F}H${A.right}`})),S.max>0&&R(A.left-6,A.barTop+7,"end",ue(S.max,S.max)),R(A.left-6,F+3.5,"end","0"),R(A.left,A.barTop-8,"start",`Influence, ${S.unit}`,"jw-series-title");let Z=Math.max(2,Math.min(12,Math.floor((A.right-A.left)/56)));for(let _ of Wn(Math.max(1,w.from+1),Math.max(2,w.to+1),Z))Number.isInteger(_)&&R(V.x(_-1),A.barBottom+17,"middle",_.toLocaleString("en"));let D=S.next;if(D&&D.found>0){let{outside:_}=Dn(D,ce,is),J=qe(D,.5),Y=["Predicted",J===null?"":`median ${N(J)}`,_>=.005?`${de(_)} off the axis`:""].filter(te=>te!=="");for(let[te,re]of Y.entries())R(A.right+as,A.bottom+16+14*te,"start",re,"jw-series-title")}i.replaceChildren(...oe)}function X(A,V,ce){let{points:ie,explained:oe,next:R}=S,H=oe===null?void 0:ie[oe],F=oe!==null&&oe>=w.from-.5&&oe<=w.to+.5,Z=oe===null?0:V.x(oe);K(d,"visibility",H&&F?"visible":"hidden"),H&&(K(d,"cx",Z),K(d,"cy",V.y(H.value))),K(c,"d",oe!==null&&!H&&F?`M${Z} ${A.top}V${A.bottom}`:"");let D=A.right+as,_=A.width-4,J=R!==null&&R.found>0,Y=J?Dn(R,ce,is):null;K(l,"d",Y?rs(Y,A,V,D,_):"");let te=J?qe(R,.5):null,re=$e=>$e>=ce.low&&$e<=ce.high;K(a,"d",te!==null&&re(te)?`M${D-6} ${V.y(te)}H${_}`:"");let ae=H?V.y(H.value):0;K(u,"d",J&&H&&re(H.value)?`M${F?Z+8:A.left} ${ae}H${_}`:"")}function ee(){let A=E===null?void 0:S?.points[E],V=v&&T&&E!==null&&E>=w.from-.5&&E<=w.to+.5;K(g,"visibility",A&&V?"visible":"hidden"),K(f,"d",V&&v&&T?`M${T.x(E)} ${v.top}V${v.barBottom}`:""),A&&V&&T&&(K(g,"cx",T.x(E)),K(g,"cy",T.y(A.value)))}function ne(A){w=A,$=A.from<=0&&A.to>=O()-1,M.classList.toggle("is-zoomed",!$),r.zoomed(),I()}let P={el:M,draw(A){let V=A.points!==S?.points||A.explained!==S?.explained,ce=O();S=A,V&&($||O()!==ce||w.to===0)&&ne({from:0,to:Math.max(0,O()-1)}),I()},point(A){A!==E&&(E=A,ee())},zoom(A){let V=E??(w.from+w.to)/2;ne(At(w,A,V,O()))},whole:()=>ne({from:0,to:Math.max(0,O()-1)}),get zoomed(){return!$}};function B(A,V){let ce=O(),ie=A===null||ce===0?null:Math.max(0,Math.min(ce-1,A));P.point(ie),r.pointed(ie,V)}let W=new Map,U=0,se=!1,le=A=>A.clientX-M.getBoundingClientRect().left,me=A=>v!==null&&A>=v.left-4&&A<=v.right+4,ge=A=>T?(A-v.left)/T.step+w.from-.5:0;M.addEventListener("pointerdown",A=>{A.button!==0||!me(le(A))||(U=le(A),W.set(A.pointerId,U),se=!1)},{signal:t}),M.addEventListener("pointermove",A=>{let V=le(A);if(W.get(A.pointerId)===void 0){W.size===0&&B(me(V)&&T?T.index(V):null,!1);return}if(W.size>1){let[oe=0,R=0]=[...W.values()];W.set(A.pointerId,V);let[H=0,F=0]=[...W.values()],Z=Math.abs(oe-R);Z>0&&ne(At(w,Math.abs(H-F)/Z,ge((H+F)/2),O())),K(b,"visibility","hidden"),se=!1;return}if(!se&&Math.abs(V-U)<_a||(se||M.setPointerCapture(A.pointerId),se=!0,!v))return;let ie=Math.min(v.right,Math.max(v.left,V));K(b,"x",Math.min(U,ie)),K(b,"width",Math.abs(ie-U)),K(b,"y",v.top),K(b,"height",v.barBottom-v.top),K(b,"visibility","visible")},{signal:t});let ye=A=>{let V=W.size===1;W.delete(A.pointerId)&&(K(b,"visibility","hidden"),!(A.type!=="pointerup"||!V)&&(se?ne(os(Math.round(ge(U)),Math.round(ge(le(A))),O())):T&&(B(T.index(U),!1),E!==null&&r.open(E)),se=!1))};M.addEventListener("pointerup",ye,{signal:t}),M.addEventListener("pointercancel",ye,{signal:t}),M.addEventListener("pointerleave",()=>{W.size===0&&B(null,!1)},{signal:t}),M.addEventListener("dblclick",()=>P.whole(),{signal:t}),M.addEventListener("wheel",A=>{if(!A.ctrlKey&&!A.metaKey)return;A.preventDefault();let V=Math.exp(-A.deltaY*Fa*(A.deltaMode===0?1:za));ne(At(w,V,ge(le(A)),O()))},{signal:t,passive:!1}),M.addEventListener("blur",()=>B(null,!1),{signal:t});function ve(A){if(B(A,!0),E===null)return;let V=w.to-w.from;E<w.from?ne({from:E,to:E+V}):E>w.to&&ne({from:E-V,to:E})}return e.on(M,A=>{if(!Ge(A)||!S)return!1;let V=E??S.explained??S.points.length-1;switch(A.key){case"ArrowLeft":return ve(E===null?V:V-1),!0;case"ArrowRight":return ve(E===null?V:V+1),!0;case"Home":return ve(0),!0;case"End":return ve(O()-1),!0;case"Enter":case" ":return E!==null&&r.open(E),!0;case"+":case"=":return P.zoom(ss),!0;case"-":return P.zoom(1/ss),!0;case"0":return P.whole(),!0;case"Escape":return $?!1:(P.whole(),!0);default:return!1}}),new ResizeObserver(([A])=>{x=Math.floor(A?.contentRect.width??0),I()}).observe(M),y.addEventListener("transitionend",()=>I(),{signal:t}),t.addEventListener("abort",()=>cancelAnimationFrame(L)),P}var qa="−";function on(e){return String(Number(e.toPrecision(9))).replace("-",qa)}function cs(e,t,n,r){let o=t[e];if(!o)return`${Ae(e+1)} value: what comes next`;let s=`${Ae(e+1)} value: ${o.text}`;return r?`${s}, explained here`:!n||n.rank===0?`${s}, no influence: it comes after the explained number`:`${s}, influence ${n.score} (${Ae(n.rank)} of ${n.scored.toLocaleString("en")}), ${n.share} of the influence`}function us(e){let t=qe(e,.5),n=qe(e,.25),r=qe(e,.75);if(t===null||n===null||r===null||e.found===0)return"";let o=n===r?"":`, half of it from ${on(n)} to ${on(r)}`,s=`The model expects ${on(t)} (median${o}).`;if(e.actual===null)return s;let i=Zo(e,e.actual),l=de(Qo(e,e.actual)),a=i>0?`it had ${Xe(i)}`:"it is not among the values found";return`${s} The text says ${on(e.actual)}: ${a}, and ${l} of the prediction lies below it.`}function ps(e){let t=[`${pe(e.values.length,"value")} found with ${Xe(e.found)} of the probability`];return e.unexplored>=5e-4&&t.push(`${Xe(e.unexplored)} not followed to the end of a number`),e.other>=5e-4&&t.push(`${Xe(e.other)} is no number`),`${t.join(", ")}.`}var Hn=1e3;function Ua({start:e,stop:t},n){return n===null||t-e<2||n<e?"":`, by its ${Ae(n-e+1)} of ${t-e} tokens`}function ds(e){let{wishes:t,wish:n,get:r,dispatch:o,signal:s,uid:i}=e,l=Qn(),a=p("select",{class:"jw-chip","aria-label":"Series"}),u=p("label",{class:"jw-row"},"Series",a),d=(R,H,F)=>{let Z=p("button",{type:"button",class:"jw-tool","aria-label":H,title:H},R);return Z.addEventListener("click",F,{signal:s}),Z},c=ls(e,{pointed:(R,H)=>U(R,H),open:R=>le(R),zoomed:()=>{g.disabled=!c.zoomed,b.disabled=!c.zoomed}}),f=d("+","Zoom in",()=>c.zoom(2)),g=d("−","Zoom out",()=>c.zoom(.5)),b=d("All","Show the whole series",()=>c.whole()),m=p("div",{class:"jw-row jw-series-head"},u,p("div",{class:"jw-series-zoom"},f,g,b)),j=p("p",{class:"jw-series-readout jw-number"}),h=p("p",{class:"jw-series-summary",id:`${i}-series-summary`}),y=p("span",{class:"jw-quiet"}),k=p("button",{type:"button",class:"jw-link"},"Look further"),M=p("div",{class:"jw-live",role:"status"}),S=p("tbody"),w=p("p",{class:"jw-quiet",hidden:!0}),$=p("th",{scope:"col"},"Influence"),x=p("details",{class:"jw-series-table"},p("summary",{},"The same as a table"),p("div",{class:"jw-series-scroll",tabindex:0,role:"region","aria-label":"Values and their influence"},p("table",{},p("thead",{},p("tr",{},...["","Value"].map(R=>p("th",{scope:"col"},R)),$,p("th",{scope:"col"},"Rank"))),S)),w),v=p("button",{type:"button",class:"jw-link"},"Load one of the examples"),T=p("p",{class:"jw-quiet",hidden:!0},"No series here: this view takes three or more numbers, as in 412,398,377. ",v),E=p("div",{},h,p("p",{class:"jw-series-coverage"},y," ",k)),L=p("div",{class:"jw-series"},T,m,c.el,j,E,x,M),O=null,I=[],C=[],z=null,N=null,Q=null,X=[],ee=null,ne,P=null,B="",W=null;a.addEventListener("change",()=>{z=Number(a.value),ie(e.scene())},{signal:s}),k.addEventListener("click",()=>n({panel_run:!0}),{signal:s}),v.addEventListener("click",()=>t.panel("examples"),{signal:s}),x.addEventListener("toggle",()=>A(),{signal:s});function U(R,H){ee=R;let F=R===null?void 0:N?.points[R],{starts:Z}=e.scene();o({type:"hover",group:F?De(Z,F.start):null}),se(R),H&&R!==null&&G(M,j.textContent??"")}function se(R){!N||!Q||(G(j,R===null?"Point at a value, or walk with the arrow keys. A click explains the first token of a number; dragging zooms in.":cs(R,N.points,X[R]??null,R===Q.explained)),j.classList.toggle("jw-quiet",R===null))}function le(R){let H=N?.points[R];if(!H){t.explain(null);return}O&&Rt(O,O.groups.token,De(O.groups.token,H.start))&&t.explain(H.start)}function me(R){let H=r("series");H!==ne&&(ne=H,P=Ko(H)),R.tokens!==O&&(O=R.tokens,I=O?Nn(O):[],C=O?Vo(O,I):[],z=null,a.replaceChildren(...C.map(({name:F},Z)=>p("option",{value:Z},F))))}function ge(R){let H=z??(R?C.findIndex(F=>F.points.includes(R)):-1);return C[H]??C.at(-1)??null}function ye(R,H){let{basis:F,question:Z,wish:D}=R,_=F&&Z&&O?l.picture(F,O,"number",Z,D.hide):null;if(X=H.points.map(()=>null),!_||!F||!Z||R.degenerate)return{scores:H.points.map(()=>0),cut:H.points.length,max:0,signed:!1,unit:Z?Re(Z):""};let J=H.points.findIndex(je=>je.start>=F.end),Y=J<0?H.points.length:J,te=H.points.map(({group:je},Me)=>Me<Y?_.scores[je]:0),re=te.slice(0,Y).map((je,Me)=>Me);re.sort((je,Me)=>Math.abs(te[Me])-Math.abs(te[je])||je-Me);let ae=Re(Z);for(let[je,Me]of re.entries()){let{group:Lt}=H.points[Me];X[Me]={score:`${_e(_,Lt)} ${ae}`,rank:je+1,scored:Y,share:de(_.shares[Lt])}}let $e=re.length>0?Math.abs(te[re[0]]):0;return{scores:te,cut:Y,max:$e,signed:_.signed,unit:ae}}function ve(R){return!P||"error"in P||!O?null:P.text===O.text&&P.at===(R?.start??null)?P:null}function A(){if(!x.open||!N||!Q)return;let{explained:R}=Q,H=N.points.slice(0,Hn);S.replaceChildren(...H.map((F,Z)=>{let D=X[Z],_=p("tr",{},p("th",{scope:"row"},(Z+1).toLocaleString("en")),p("td",{},F.text),p("td",{},D?D.score.split(" ")[0]:Z===R?"explained":""),p("td",{},D?Ae(D.rank):""));return _.classList.toggle("is-explained",Z===R),_})),G($,Q.unit?`Influence, ${Q.unit}`:"Influence"),q(w,N.points.length>Hn),G(w,`The first ${Hn.toLocaleString("en")} of ${pe(N.points.length,"value")}.`)}function V(R,H,F){let{points:Z}=H,D=Q?.explained??null,_=D===null?"":D<Z.length?`the ${Ae(D+1)} value${Ua(Z[D],R.wish.position)}`:"what comes next",J=X.findIndex(re=>re?.rank===1),Y=J<0?"":`The ${Ae(J+1)} value, ${Z[J]?.text}, moved it most: ${X[J]?.score}.`,te=[`${pe(Z.length,"value")}${_?`; explained is ${_}`:""}.`,Y,F?us(F):""];G(h,te.filter(re=>re!=="").join(" ")),h.classList.toggle("is-stale",!R.fresh)}function ce(R,H){let F=P&&"error"in P?P.error:"",Z="";F?Z=`The next values could not be predicted: ${F}`:H?Z=ps(H)+(H.computing?" Looking further …":""):R.state!=="no-kernel"&&Q?.explained!==null&&(Z="Asking the model for its next values …"),G(y,Z),q(k,!F&&H?.more===!0&&!H.computing&&R.state!=="no-kernel"&&r("panel_run")!==!0)}function ie(R){me(R);let H=R.wish.position===null?null:Go(I,R.wish.position);N=ge(H);let F=N!==null&&O!==null;q(T,!F&&O!==null);for(let ae of[m,c.el,j,E,x])q(ae,F);if(!N||!O)return;q(u,C.length>1);let Z=C.indexOf(N);a.value!==String(Z)&&(a.value=String(Z));let D=ve(H),_=H?N.points.indexOf(H):Z===C.length-1?N.points.length:-1,J=_<0?null:D,Y=JSON.stringify([R.question,R.wish.hide,R.basis?.position,R.basis?.complete,_,R.degenerate]);(Y!==B||Q?.points!==N.points||Q?.next!==J||Q===null||R.basis!==W)&&(B=Y,W=R.basis,Q={points:N.points,...ye(R,N),explained:_<0?null:_,next:J},c.draw(Q),K(c.el,"aria-label",`Series of ${pe(N.points.length,"value")}`),A()),c.el.classList.toggle("is-stale",!R.fresh),V(R,N,J),ce(R,D);let re=R.pointed===null||ee!==null?ee:oe(R.pointed,R);c.point(re),se(re)}function oe(R,{starts:H}){let F=H[R];if(F===void 0||!N||!O)return null;let Z=H[R+1]??O.ids.length,D=N.points.findIndex(_=>_.start<Z&&_.stop>F);return D<0?null:D}return{el:L,update:ie}}var ms=`.jw .jw-series-head {
  justify-content: space-between;
  min-height: 28px;
}
.jw .jw-series-zoom {
  display: flex;
  gap: 2px;
  margin-inline-start: auto;
}
.jw .jw-series-zoom .jw-tool {
  border: 1px solid var(--jw-line);
}
.jw .jw-series-zoom .jw-tool:disabled {
  background: none;
  color: var(--jw-edge);
}
.jw .jw-series select {
  max-width: min(24em, 60vw);
  background: var(--jw-bg);
}
.jw .jw-series-figure {
  position: relative;
  height: 324px;
  margin-top: 4px;
  cursor: crosshair;
  touch-action: pan-y;
  user-select: none;
}
.jw .jw-series-figure svg,
.jw .jw-series-figure canvas {
  position: absolute;
  top: 0;
  inset-inline-start: 0;
  width: 100%;
  height: 100%;
  overflow: visible;
}
.jw .jw-series-figure svg {
  fill: none;
}
.jw .jw-series-tick,
.jw .jw-series-title {
  fill: var(--jw-mute);
  font: 11px var(--jw-ui);
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-grid {
  stroke: var(--jw-line);
}
.jw .jw-series-base {
  stroke: var(--jw-edge);
}
.jw .jw-series-line {
  stroke: var(--jw-fg);
  stroke-width: 1.5px;
  stroke-linejoin: round;
  transition: stroke 1ms;
}
.jw .jw-series-after {
  stroke: var(--jw-edge);
  stroke-width: 1.2px;
  stroke-dasharray: 3 3;
}
.jw .jw-series-dots {
  fill: var(--jw-fg);
  stroke: none;
}
.jw .jw-series-dots.is-late {
  fill: var(--jw-edge);
}
.jw .jw-series-bars {
  fill: var(--jw-ink);
  stroke: none;
}
.jw .jw-series-bars.is-negative {
  fill: var(--jw-negative, var(--jw-edge));
}
.jw .is-stale .jw-series-bars {
  fill: var(--jw-edge);
}
.jw .jw-series-side {
  fill: color-mix(in srgb, var(--jw-fg) 38%, var(--jw-bg));
  stroke: none;
}
.jw .jw-series-median {
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-actual {
  stroke: var(--jw-accent);
  stroke-width: 1.5px;
  stroke-dasharray: 2 3;
}
.jw .jw-series-ring {
  stroke: var(--jw-accent);
  stroke-width: 2px;
}
.jw .jw-series-slot {
  stroke: var(--jw-accent);
  stroke-width: 2px;
  stroke-dasharray: 4 4;
}
.jw .jw-series-cursor {
  stroke: var(--jw-mute);
}
.jw .jw-series-spot {
  fill: var(--jw-bg);
  stroke: var(--jw-fg);
  stroke-width: 2px;
}
.jw .jw-series-brush {
  fill: color-mix(in srgb, var(--jw-fg) 12%, transparent);
  stroke: var(--jw-edge);
}
.jw .jw-series p {
  max-width: 84ch;
  margin-top: 6px;
}
.jw .jw-series-readout {
  min-height: 1.45em;
}
.jw .jw-series-summary.is-stale {
  color: var(--jw-mute);
}
.jw .jw-series-table {
  margin-top: 8px;
}
.jw .jw-series-table summary {
  width: max-content;
  min-height: 24px;
  cursor: pointer;
}
.jw .jw-series-scroll {
  max-height: 20em;
  overflow: auto;
}
.jw .jw-series-table table {
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
}
.jw .jw-series-table th,
.jw .jw-series-table td {
  padding: 1px 14px 1px 0;
  border-bottom: 1px dotted var(--jw-line);
  font-weight: 400;
  text-align: end;
}
.jw .jw-series-table thead th {
  position: sticky;
  top: 0;
  background: var(--jw-bg);
  color: var(--jw-mute);
  font-size: 12px;
}
.jw .jw-series-table tbody th {
  color: var(--jw-mute);
}
.jw .jw-series-table .is-explained td {
  color: var(--jw-accent);
}
@media (forced-colors: active) {
  .jw .jw-series-figure svg {
    forced-color-adjust: none;
  }
  .jw .jw-series-line,
  .jw .jw-series-median,
  .jw .jw-series-base,
  .jw .jw-series-spot {
    stroke: CanvasText;
  }
  .jw .jw-series-dots,
  .jw .jw-series-tick,
  .jw .jw-series-title {
    fill: CanvasText;
  }
  .jw .jw-series-side {
    fill: GrayText;
  }
  .jw .jw-series-bars {
    fill: Highlight;
  }
  .jw .jw-series-ring,
  .jw .jw-series-actual,
  .jw .jw-series-slot {
    stroke: Highlight;
  }
}
`;var Zp={compare:yr,map:uo,series:ds,examples:vr,help:Lr,save:zo},Jp=[jr,po,ms,$r,Pr,qo].join(`
`);export{Jp as css,Zp as panels};
